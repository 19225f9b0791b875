import { useQuery } from "@tanstack/react-query";
import { useCallback } from "react";
import { get, withQuery } from "../api/http";
import { useLiveFrames } from "../api/live";
import { queries } from "../api/queries";
import type { LiveFrame, RunsExplained } from "../contract";
import { beginning, type Since } from "./since";

const AGAIN_MS = 10_000;

/** What became of each of the visitor's events, the newest first; asked again while somebody looks. */
export function useExplained(visitor: string, span: Since) {
  const heed = useCallback(
    (frame: LiveFrame) => {
      if (frame.type !== "run_appended" || frame.visitor !== visitor) return;
      void queries.invalidateQueries({ queryKey: ["explained", visitor] });
      void queries.invalidateQueries({ queryKey: ["visitor-runs", visitor] });
    },
    [visitor],
  );
  useLiveFrames(heed);
  return useQuery({
    queryKey: ["explained", visitor, span],
    queryFn: async () => {
      const path = `/visitors/${encodeURIComponent(visitor)}/explained`;
      const { events } = await get<RunsExplained>(withQuery(path, { since: beginning(span, Date.now()) }));
      return events.reverse();
    },
    // An event that started nothing is not told live.
    refetchInterval: AGAIN_MS,
  });
}
