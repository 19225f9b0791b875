import { useCallback, useEffect, useState } from "react";
import { keep, load } from "./stored";

type Draft = readonly [string, (text: string) => void];

/** What is being written to a visitor, or noted about them: it survives the page. */
export function useDraft(visitor: string, kind: "message" | "note"): Draft {
  const name = `frontdesk.writing.${visitor}.${kind}`;
  const [texts, setTexts] = useState<Readonly<Record<string, string>>>({});
  const text = texts[name] ?? load(name, asText) ?? "";
  useEffect(() => {
    // Somebody took a message back that was refused: it stands in the storage.
    const forget = (): void => setTexts({});
    window.addEventListener("frontdesk.writing", forget);
    return () => window.removeEventListener("frontdesk.writing", forget);
  }, []);
  const write = useCallback(
    (next: string) => {
      keep(name, next || null);
      setTexts((known) => ({ ...known, [name]: next }));
    },
    [name],
  );
  return [text, write];
}

function asText(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}
