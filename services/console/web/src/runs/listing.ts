import type { LiveRunAppended, RunSummary } from "../contract";
import { isOver, nodeOf, type RunEvent, type Status, statusAfter } from "./events";
import { type Filters, matches } from "./filters";

/** Runs that were heard of live, by id. */
export type Heard = ReadonlyMap<string, RunSummary>;

const MOST_HEARD = 2_000;

/**
 * What a batch of frames makes of the runs that are known. `strangers` says that a run was heard of whose beginning
 * was not: the newest page of the list has it.
 */
export function hear(
  heard: Heard,
  frames: readonly LiveRunAppended[],
  known: (run: string) => RunSummary | undefined,
): { readonly heard: Heard; readonly strangers: boolean } {
  const next = new Map(heard);
  let strangers = false;
  for (const frame of frames) {
    const summary = summaryOf(frame) ?? next.get(frame.run) ?? known(frame.run);
    if (summary) next.set(frame.run, frame.events.reduce(after, summary));
    else strangers = true;
  }
  for (const run of next.keys()) {
    if (next.size <= MOST_HEARD) break;
    next.delete(run);
  }
  return { heard: next, strangers };
}

/** Whether a frame may change what these filters show. */
export function concerns(filters: Filters, { flow, visitor }: LiveRunAppended): boolean {
  return (filters.flow === "" || flow === filters.flow) && (filters.visitor === "" || visitor === filters.visitor);
}

/** What was heard, with a page that was just fetched. */
export function withPage(heard: Heard, page: readonly RunSummary[]): Heard {
  const next = new Map(heard);
  for (const run of page) next.set(run.run, newest(run, next.get(run.run)));
  return next;
}

/** How many runs at the top of the list came after the one that a reader has at the top. */
export function newerThan(list: readonly RunSummary[], top: string | null): number {
  return top === null ? 0 : Math.max(0, list.findIndex(({ run }) => run === top));
}

/** The list: what was fetched, newest first, as far as it was not overtaken, and the new ones that belong there. */
export function merged(
  fetched: readonly RunSummary[],
  heard: Heard,
  filters: Filters,
  now: number,
): readonly RunSummary[] {
  if (heard.size === 0) return fetched;
  const there = new Set(fetched.map(({ run }) => run));
  const belongs = (run: RunSummary): boolean => matches(filters, run, now);
  // Whether a run took an outcome is for the service to say.
  const fresh = filters.outcome === "" ? [...heard.values()].filter((run) => !there.has(run.run) && belongs(run)) : [];
  const kept = fetched.flatMap((run) => {
    const newer = newest(run, heard.get(run.run));
    return newer === run ? [run] : [newer].filter(belongs);
  });
  if (fresh.length === 0) return kept;
  // Only what is at least as new as the end of the pages has its place among them.
  const last = kept.at(-1)?.started_at;
  const placed = last === undefined ? fresh : fresh.filter(({ started_at }) => started_at >= last);
  return placedAmong(kept, placed);
}

/** Both, newest first. Almost all of the new ones belong to the top, so that the long rest is not looked at. */
function placedAmong(kept: readonly RunSummary[], fresh: readonly RunSummary[]): readonly RunSummary[] {
  const left = fresh.map((run) => ({ run, at: Date.parse(run.started_at) })).sort((a, b) => a.at - b.at);
  const top: RunSummary[] = [];
  let place = 0;
  for (let next = left.at(-1); next; next = left.at(-1)) {
    const run = kept[place];
    const isNewer = run !== undefined && Date.parse(run.started_at) > next.at;
    top.push(isNewer ? run : next.run);
    if (isNewer) place += 1;
    else left.pop();
  }
  return [...top, ...kept.slice(place)];
}

/** A run's summary once an event was appended. */
export function after(run: RunSummary, event: RunEvent): RunSummary {
  const status = statusAfter(event);
  return {
    ...run,
    status,
    node: event.type === "run.node_completed.v1" ? (event.next ?? event.node) : nodeOf(event),
    ended_at: isOver(status) ? event.at : null,
    error: errorOf(event),
  };
}

/** The summary of a run of which the very first events are told; else undefined. */
function summaryOf({ run, team, flow, version, visitor, events }: LiveRunAppended): RunSummary | undefined {
  const [first] = events;
  if (first?.type !== "run.started.v1") return undefined;
  return {
    run,
    team,
    flow,
    version,
    visitor,
    hash: first.hash,
    trigger: first.trigger.name,
    status: "running",
    node: null,
    started_at: first.at,
    ended_at: null,
    error: null,
  };
}

const PROGRESS: Readonly<Record<Status, number>> = { running: 0, waiting: 0, completed: 1, failed: 1, cancelled: 1 };

/** A page may be newer than what was heard: then it says that the run is over. */
function newest(fetched: RunSummary, heard: RunSummary | undefined): RunSummary {
  return heard && PROGRESS[heard.status] >= PROGRESS[fetched.status] ? heard : fetched;
}

function errorOf(event: RunEvent): string | null {
  if (event.type === "run.failed.v1") return event.detail;
  if (event.type !== "run.cancelled.v1") return null;
  return `cancelled by ${event.by}${event.reason ? `: ${event.reason}` : ""}`;
}
