export type Part = { readonly part: string; readonly isFound: boolean };

const BEFORE = 24;
const LONGEST = 160;

/** A text from shortly before the first of the words on, cut into what is one of them and what is not. */
export function excerpt(text: string, words: string): readonly Part[] {
  const wanted = words.split(/\s+/).filter(Boolean).map(escaped);
  if (wanted.length === 0) return [{ part: text.slice(0, LONGEST), isFound: false }];
  const pattern = new RegExp(`(${wanted.join("|")})`, "giu");
  const first = text.search(pattern);
  const begin = first > BEFORE * 2 ? first - BEFORE : 0;
  const shown = (begin ? "…" : "") + text.slice(begin, begin + LONGEST);
  // Splitting by a pattern with one group gives what is between and what was found in turns.
  return shown
    .split(pattern)
    .map((part, place) => ({ part, isFound: place % 2 === 1 }))
    .filter(({ part }) => part !== "");
}

function escaped(word: string): string {
  return word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
