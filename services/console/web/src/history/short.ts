import { isTable, isText } from "../graph/definition";

const LONGEST = 160;

/** A value as a few words: text as it is, also of each language, everything else as JSON; cut where it gets long. */
export function short(value: unknown): string {
  const text = isText(value) ? value : (ofLanguages(value) ?? JSON.stringify(value));
  return text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text;
}

function ofLanguages(value: unknown): string | null {
  if (!isTable(value)) return null;
  const entries = Object.entries(value);
  const isWhole = entries.length > 0 && entries.every(([name, text]) => /^[a-z]{2}(-[A-Za-z]+)?$/.test(name) && isText(text));
  return isWhole ? entries.map(([name, text]) => `${name}: ${String(text)}`).join(" · ") : null;
}
