import { NativeSelect, Stack } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { isList, type Node } from "../../graph/definition";
import type { Field } from "../fields/kinds";
import { useEditor } from "../useEditor";
import { Parameter } from "./Parameters";

const ASKS = ["quick_replies", "form", "survey"] as const;

/** Of a reply: who says it, where, what, and what the visitor is asked for. */
export function ReplyParameters({ id, fields }: { readonly id: string; readonly fields: readonly Field[] }) {
  const { t } = useTranslation("fields");
  const { definition, apply, isReadOnly } = useEditor();
  const node = definition.nodes[id] ?? {};
  const source = "canned" in node ? "canned" : "text";
  const asks = asksFor(node);
  const isMail = node["channel"] === "email";
  const shown = (name: string) => fields.filter((field) => field.name === name).map((field) => <Parameter key={name} id={id} field={field} />);
  const set = (values: Readonly<Record<string, unknown>>) => apply({ type: "set_fields", id, fields: values });
  return (
    <Stack gap="sm">
      {shown("as")}
      {shown("channel")}
      <NativeSelect
        label={t("source.label")}
        disabled={isReadOnly}
        value={source}
        data={["text", "canned"].map((value) => ({ value, label: t(`values.source.${value}`) }))}
        onChange={(event) =>
          set(event.currentTarget.value === "canned" ? { text: undefined, canned: "" } : { canned: undefined, text: "" })
        }
      />
      {shown(source)}
      {(isMail || "subject" in node) && shown("subject")}
      {(!isMail || asks !== "none") && (
        <NativeSelect
          label={t("asks.label")}
          disabled={isReadOnly}
          value={asks}
          data={["none", ...ASKS].map((value) => ({ value, label: t(`values.asks.${value}`) }))}
          onChange={(event) => set(begun(event.currentTarget.value))}
        />
      )}
      {asks !== "none" && asks !== "survey" && shown(asks)}
      {(asks !== "none" || node["lock_input"] === true) && shown("lock_input")}
      {shown("notify_agents")}
    </Stack>
  );
}

function asksFor(node: Node): (typeof ASKS)[number] | "none" {
  return ASKS.find((name) => node[name] === true || (isList(node[name]) && node[name].length > 0)) ?? "none";
}

/** A message asks one thing at a time. */
function begun(asks: string): Readonly<Record<string, unknown>> {
  return {
    quick_replies: asks === "quick_replies" ? ["1", "2"] : undefined,
    form: asks === "form" ? ["user_fullname", "user_email"] : undefined,
    survey: asks === "survey" ? true : undefined,
    ...(asks === "none" ? { lock_input: undefined } : {}),
  };
}
