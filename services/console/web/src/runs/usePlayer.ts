import { useEffect, useState } from "react";
import type { RunEvent } from "./events";
import { pauseBefore } from "./timeline";

/** Plays a run from the step that is shown to the end, about as fast as it went. */
export function usePlayer(events: readonly RunEvent[], seq: number, go: (seq: number) => void) {
  const [isPlaying, setPlaying] = useState(false);
  const event = events[seq - 1];
  const next = events[seq];
  useEffect(() => {
    if (!isPlaying) return undefined;
    if (!event || !next) {
      setPlaying(false);
      return undefined;
    }
    const timer = setTimeout(() => go(next.seq), pauseBefore(next, event));
    return () => clearTimeout(timer);
  }, [isPlaying, event, next, go]);
  const toggle = (): void => {
    // At the end it begins anew.
    if (!isPlaying && !next) go(1);
    setPlaying(!isPlaying);
  };
  return { isPlaying: isPlaying && next !== undefined, toggle };
}
