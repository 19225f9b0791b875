import { useCallback, useEffect, useRef, useState } from "react";
import { get, withQuery } from "../api/http";
import { useLiveFrames } from "../api/live";
import type { LiveFrame, LiveRunAppended, RunsPage, RunSummary } from "../contract";
import { type Filters, queryOf } from "./filters";
import { concerns, type Heard, hear, withPage } from "./listing";

const BATCH_MS = 250;
/** Runs from before the list's pages may go on all the time. */
const NEWEST_MS = 3_000;
const NONE: Heard = new Map();

/** Runs as they come through the live socket, a batch at a time so that the list does not flicker. */
export function useHeard(filters: Filters, known: (run: string) => RunSummary | undefined): Heard {
  const [heard, setHeard] = useState(NONE);
  const frames = useRef<LiveRunAppended[]>([]);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const asked = useRef(0);
  const latest = useRef({ filters, known, heard });
  useEffect(() => {
    latest.current = { filters, known, heard };
  });
  const flush = useCallback(() => {
    timer.current = undefined;
    const batch = frames.current.splice(0);
    const result = hear(latest.current.heard, batch, latest.current.known);
    setHeard(result.heard);
    if (!result.strangers || Date.now() - asked.current < NEWEST_MS) return;
    asked.current = Date.now();
    void newest(latest.current.filters).then((page) => setHeard((now) => withPage(now, page)));
  }, []);
  const listen = useCallback(
    (frame: LiveFrame) => {
      if (frame.type !== "run_appended" || !concerns(latest.current.filters, frame)) return;
      frames.current.push(frame);
      timer.current ??= setTimeout(flush, BATCH_MS);
    },
    [flush],
  );
  useLiveFrames(listen);
  useEffect(() => () => clearTimeout(timer.current), []);
  return heard;
}

/** The newest page; none when the service is away: coming back, everything is asked again. */
async function newest(filters: Filters): Promise<readonly RunSummary[]> {
  try {
    return (await get<RunsPage>(withQuery("/runs", { ...queryOf(filters, Date.now()), limit: 50 }))).runs;
  } catch {
    return [];
  }
}
