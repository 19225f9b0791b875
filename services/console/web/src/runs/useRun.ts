import { useQuery } from "@tanstack/react-query";
import { useCallback } from "react";
import { get } from "../api/http";
import { useLiveFrames } from "../api/live";
import { queries } from "../api/queries";
import type { LiveFrame, RunHistory } from "../contract";
import { after } from "./listing";
import { joined } from "./timeline";

/** A run with its events, and those that come while it is looked at. */
export function useRun(run: string) {
  useLiveFrames(useCallback((frame) => heed(run, frame), [run]));
  return useQuery({ queryKey: ["run", run], queryFn: () => get<RunHistory>(`/runs/${run}`) });
}

function heed(run: string, frame: LiveFrame): void {
  if (frame.type !== "run_appended" || frame.run !== run) return;
  const key = ["run", run];
  const known = queries.getQueryData<RunHistory>(key);
  const events = known ? joined(known.events, frame.events) : null;
  if (!known || !events) {
    void queries.invalidateQueries({ queryKey: key });
    return;
  }
  const summary = events.slice(known.events.length).reduce(after, known.run);
  queries.setQueryData<RunHistory>(key, { run: summary, events: [...events] });
}
