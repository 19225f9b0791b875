import type { RunReplayed } from "../contract";
import { effectsOf, isNodeEvent, type MessageEffect, type RunEvent } from "./events";

/** A recorded event beside what deciding again made of it; one of them may be absent. */
export type Row = {
  readonly seq: number;
  readonly recorded: RunEvent | null;
  readonly other: RunEvent | null;
  /** They say something else, whenever that was. */
  readonly differs: boolean;
};

export type Verdict =
  /** Nothing was changed, and everything came out as recorded. */
  | { readonly type: "equal"; readonly events: number }
  /** Nothing was changed, and yet it came out differently. */
  | { readonly type: "diverges"; readonly seq: number }
  /** The other path needs what nobody recorded. */
  | { readonly type: "missing"; readonly name: string }
  | { readonly type: "same_path"; readonly saysElse: boolean }
  | { readonly type: "other_path"; readonly seq: number };

export type Comparison = {
  readonly rows: readonly Row[];
  readonly verdict: Verdict;
  /** The first `seq` at which the path is another one; null: it is the same. */
  readonly leavesAt: number | null;
  /** Why the other path ends before the record does; null when it does not. */
  readonly rest: "waits" | "over" | null;
  /** By how much the other path's clock is later, in ms. */
  readonly laterBy: number;
  readonly takenAsRecorded: readonly number[];
};

/** A record beside its replay. `isChanged`: facts or the flow were changed, so that it may well be another path. */
export function compare(recorded: readonly RunEvent[], reply: RunReplayed, isChanged: boolean): Comparison {
  const other = reply.events;
  const length = Math.max(recorded.length, other.length);
  const rows = Array.from({ length }, (_, place) => row(recorded[place] ?? null, other[place] ?? null, place + 1));
  const leavesAt = rows.find((each) => stepOf(each.recorded) !== stepOf(each.other))?.seq ?? null;
  return {
    rows,
    verdict: verdictOf(reply, rows, leavesAt, isChanged),
    leavesAt,
    rest: reply.missing || other.length >= recorded.length ? null : other.at(-1)?.type === "run.waiting.v1" ? "waits" : "over",
    laterBy: recorded[0] && other[0] ? Date.parse(other[0].at) - Date.parse(recorded[0].at) : 0,
    takenAsRecorded: reply.taken_as_recorded ?? [],
  };
}

/** The messages of a path, in order. */
export function saidBy(events: readonly RunEvent[]): readonly MessageEffect[] {
  return events.flatMap(effectsOf).filter((effect) => effect.type === "message_posted");
}

function verdictOf(reply: RunReplayed, rows: readonly Row[], leavesAt: number | null, isChanged: boolean): Verdict {
  if (reply.missing) return { type: "missing", name: reply.missing };
  if (!isChanged) {
    return reply.equal ? { type: "equal", events: rows.length } : { type: "diverges", seq: reply.differs_at ?? 1 };
  }
  if (leavesAt !== null) return { type: "other_path", seq: leavesAt };
  return { type: "same_path", saysElse: rows.some(({ differs }) => differs) };
}

function row(recorded: RunEvent | null, other: RunEvent | null, seq: number): Row {
  const differs = recorded !== null && other !== null ? !saysTheSame(recorded, other) : recorded === null;
  return { seq, recorded, other, differs };
}

/** One event's part of the path: what happened where, and where it leads. */
function stepOf(event: RunEvent | null): string {
  if (event === null) return "";
  switch (event.type) {
    case "run.node_completed.v1":
      return JSON.stringify([event.type, event.node, event.outcome, event.next ?? null]);
    case "run.waiting.v1":
      return JSON.stringify([event.type, event.node, event.for]);
    case "run.started.v1":
      return event.type;
    default:
      return JSON.stringify([event.type, event.node]);
  }
}

/** Times apart: a what-if may put the clock forward. What was deleted cannot be compared. */
function saysTheSame(recorded: RunEvent, other: RunEvent): boolean {
  const isDeleted = "withheld" in recorded && recorded.withheld === true;
  return told(recorded, isDeleted) === told(other, isDeleted);
}

function told(event: RunEvent, isBare: boolean): string {
  const drop = new Set(["at", "since", "until", "withheld", ...(isBare ? ["variables", "sets", "text", "value", "appearance", "request"] : [])]);
  if (event.type === "run.started.v1") for (const name of ["flow", "version", "hash"]) drop.add(name);
  const own = isNodeEvent(event) ? { ...event, effects: effectsOf(event).filter(({ type }) => type !== "timer_set") } : event;
  return JSON.stringify(sorted(own, drop));
}

/** The value with the names of its tables in order, without those that do not count and without what is empty. */
function sorted(value: unknown, drop: ReadonlySet<string>): unknown {
  if (Array.isArray(value)) return value.map((each) => sorted(each, drop));
  if (typeof value !== "object" || value === null) return value;
  const kept = Object.entries(value).filter(([name, each]) => !drop.has(name) && each !== undefined && each !== null);
  return Object.fromEntries(kept.sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, each]) => [name, sorted(each, drop)]));
}

/** The texts of the messages that an event posts. */
export function saysOf(event: RunEvent): readonly string[] {
  return saidBy([event]).map(({ text }) => text ?? "").filter((text) => text !== "");
}
