import classes from "./Inbox.module.css";
import { excerpt } from "./excerpt";

/** The part of a text in which the words are, with the words marked. */
export function Highlighted({ text, words }: { readonly text: string; readonly words: string }) {
  return (
    <>
      {excerpt(text, words).map(({ part, isFound }, place) =>
        isFound ? (
          <mark key={place} className={classes.mark}>
            {part}
          </mark>
        ) : (
          part
        ),
      )}
    </>
  );
}
