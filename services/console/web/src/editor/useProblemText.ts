import { useTranslation } from "react-i18next";
import { fieldAt, type Found } from "../graph/checks";
import { isText } from "../graph/definition";

/** A problem as a sentence in the reader's language, with a way out. */
export function useProblemText(): (problem: Found) => string {
  const { t, i18n } = useTranslation("editor");
  const { t: field } = useTranslation("fields");
  return ({ code, at, words }) => {
    const name = fieldAt(at) ?? at.split(".").at(-1) ?? "";
    const label = i18n.exists(`${name}.label`, { ns: "fields" }) ? field(`${name}.label`) : name;
    const outcome = /\.next\.(.+)$/.exec(at)?.[1] ?? "";
    const all = { field: label, outcome, ...words };
    const why = isText(words["why"]) ? words["why"] : "said";
    const key = code === "bad_value" ? `problems.bad_value.${why}` : `problems.${code}`;
    return i18n.exists(key, { ns: "editor" }) ? t(key, all) : t("problems.said", { detail: code, hint: "", ...all });
  };
}
