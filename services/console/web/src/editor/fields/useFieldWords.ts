import { useTranslation } from "react-i18next";
import type { Field } from "./kinds";

/** What a parameter is called, and how it is meant; the contract's own words for those that are new. */
export function useFieldWords(): (field: Pick<Field, "name" | "schema">) => { readonly label: string; readonly how: string } {
  const { t, i18n } = useTranslation("fields");
  return ({ name, schema }) => {
    const isKnown = i18n.exists(`${name}.label`, { ns: "fields" });
    const how = i18n.exists(`${name}.how`, { ns: "fields" }) ? t(`${name}.how`) : "";
    return isKnown ? { label: t(`${name}.label`), how } : { label: name, how: String(schema["description"] ?? "") };
  };
}
