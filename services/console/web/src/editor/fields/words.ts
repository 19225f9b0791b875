const WORD = /[A-Za-z_]\w*$/;

/** The beginning of a name before the caret that somebody may be typing; in a template only between braces. */
export function wordAt(text: string, caret: number, isTemplate: boolean): string | null {
  const before = text.slice(0, caret);
  const isWithin = before.lastIndexOf("{{") > before.lastIndexOf("}}");
  if (isTemplate && !isWithin) return null;
  const word = WORD.exec(before)?.[0] ?? "";
  return word.length > 1 ? word : null;
}

/** The text with the name in place of what was begun before the caret, and where the caret is then. */
export function insertion(text: string, caret: number, name: string, isTemplate: boolean): { text: string; caret: number } {
  const before = text.slice(0, caret);
  const after = text.slice(caret);
  const isWithin = before.lastIndexOf("{{") > before.lastIndexOf("}}");
  const word = isTemplate && !isWithin ? "" : (WORD.exec(before)?.[0] ?? "");
  const start = before.slice(0, before.length - word.length);
  const closing = isTemplate && isWithin && !after.trimStart().startsWith("}}") ? "}}" : "";
  const said = isTemplate && !isWithin ? `{{${name}}}` : name + closing;
  return { text: start + said + after, caret: start.length + said.length };
}
