import { isTable, isText } from "../../graph/definition";
import type { ControlProps } from "./control";
import { SuggestingField } from "./SuggestingField";

/** What a request carries: JSON where it can be read as a table, else text. */
export function BodyField(props: ControlProps) {
  const { value, onChange } = props;
  const text = isText(value) ? value : value === undefined ? "" : JSON.stringify(value, null, 2);
  return <SuggestingField {...props} isTemplate minRows={3} value={text} onChange={(next) => onChange(bodyOf(next))} />;
}

function bodyOf(next: unknown): unknown {
  if (!isText(next) || !next.trimStart().startsWith("{") || next.trimStart().startsWith("{{")) return next;
  try {
    const table: unknown = JSON.parse(next);
    // Only what reads back in the same letters: else the text would change under somebody's hands.
    return isTable(table) && JSON.stringify(table, null, 2) === next ? table : next;
  } catch {
    return next;
  }
}
