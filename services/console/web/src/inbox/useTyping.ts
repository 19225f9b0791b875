import { useCallback, useEffect, useState } from "react";
import { useLiveFrames } from "../api/live";
import type { LiveFrame } from "../contract";

const LASTS_MS = 5_000;

/** Whether the visitor writes at this moment, and up to where they have read. */
export function useTyping(visitor: string): { readonly isTyping: boolean; readonly readUpTo: number } {
  const [typedAt, setTypedAt] = useState(0);
  const [readUpTo, setReadUpTo] = useState(0);
  const listen = useCallback(
    (frame: LiveFrame) => {
      if (!("visitor" in frame) || frame.visitor !== visitor) return;
      if (frame.type === "visitor_typing") setTypedAt(Date.now());
      if (frame.type === "visitor_read") setReadUpTo((known) => Math.max(known, frame.seq));
      if (frame.type === "conversation_changed" && frame.message?.author_kind === "visitor") setTypedAt(0);
    },
    [visitor],
  );
  useLiveFrames(listen);
  useEffect(() => {
    if (!typedAt) return undefined;
    const timer = setTimeout(() => setTypedAt(0), LASTS_MS);
    return () => clearTimeout(timer);
  }, [typedAt]);
  return { isTyping: typedAt > 0, readUpTo };
}
