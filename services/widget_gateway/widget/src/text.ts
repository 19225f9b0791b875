/**
 * The text cut to at most `max` UTF-16 units, as any JSON reader takes it: half of a character outside the basic plane,
 * which a page or a cut may leave, becomes U+FFFD, and U+0000 goes.
 */
export function plain(text: string, max: number): string {
  return text.slice(0, max).replace(/\p{Surrogate}/gu, "\ufffd").replaceAll("\u0000", "");
}
