import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { FlowDefinition, Problem } from "../contract";
import { useProblemText } from "../editor/useProblemText";
import { check } from "../graph/checks";

/** Those whose sentence needs nothing but the place, or the service's own words. */
const PLAIN = new Set([
  "no_start",
  "many_starts",
  "no_end",
  "end_has_output",
  "unreachable_node",
  "unknown_field",
  "unknown_reference",
  "bad_expression",
  "bad_pattern",
  "bad_template",
]);

/** The problem in the reader's language; null: the service's own words, which are English, say it best. */
export function useTold(problem: Problem, definition: FlowDefinition | null): string | null {
  const { i18n } = useTranslation();
  const textOf = useProblemText();
  const { code, at, detail } = problem;
  // What the browser sees as well it can say in full.
  const own = useMemo(() => (definition ? check(definition).find((found) => found.code === code && found.at === at) : null), [
    definition,
    code,
    at,
  ]);
  if (i18n.language === "en") return null;
  if (own) return textOf(own);
  return PLAIN.has(code) ? textOf({ code, at, level: "error", words: { why: "said", detail } }) : null;
}
