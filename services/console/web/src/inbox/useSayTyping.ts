import { useCallback, useRef } from "react";
import { say } from "../api/live";

const EVERY_MS = 3_000;

/** Let the visitor see that somebody writes, every few seconds as long as it is so. */
export function useSayTyping(visitor: string): () => void {
  const saidAt = useRef(0);
  return useCallback(() => {
    if (Date.now() - saidAt.current < EVERY_MS) return;
    saidAt.current = Date.now();
    say({ type: "typing", visitor });
  }, [visitor]);
}
