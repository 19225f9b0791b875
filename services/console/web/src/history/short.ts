const LONGEST = 160;

/** A value as a few words: text as it is, everything else as JSON, cut where it gets long. */
export function short(value: unknown): string {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text;
}
