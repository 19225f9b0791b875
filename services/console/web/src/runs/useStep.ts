import { useCallback, useMemo } from "react";
import { useLocation, useSearch } from "wouter";
import type { RunEvent } from "./events";
import { stepOf } from "./timeline";

/** The step that the address names (`?step=SEQ`), and how to go to another one. Without one the run is followed. */
export function useStep(events: readonly RunEvent[]): readonly [number, (seq: number) => void] {
  const search = useSearch();
  const [path, navigate] = useLocation();
  const seq = useMemo(() => stepOf(new URLSearchParams(search).get("step"), events), [search, events]);
  const last = events.at(-1)?.seq ?? 0;
  const go = useCallback(
    (next: number) => {
      const params = new URLSearchParams(search);
      if (next >= last) params.delete("step");
      else params.set("step", String(Math.max(next, 1)));
      const query = params.toString();
      navigate(query === "" ? path : `${path}?${query}`, { replace: true });
    },
    [last, navigate, path, search],
  );
  return [seq, go];
}
