import { isNodeEvent, nodeOf, type RunEvent, type Status, statusAfter } from "./events";

/** How far a run had come with one of its events. */
export type Moment = {
  readonly event: RunEvent;
  readonly status: Status;
  /** Where the run stands: the node that it waits at, goes on to or was at last; null before the first one. */
  readonly current: string | null;
  /** How often each node has had its outcome, in the order of the first time. */
  readonly visited: ReadonlyMap<string, number>;
  /** How often each edge was taken: `node OUTCOME`, in the order of the first time. */
  readonly taken: ReadonlyMap<string, number>;
  /** The edge that was taken just now. */
  readonly edge: string | null;
  /** What the run knows by now: the trigger's variables and those that its nodes set. */
  readonly variables: Readonly<Record<string, unknown>>;
  /** Since the event before, in ms; 0 for the first. */
  readonly since: number;
  /** Since the run began, in ms. */
  readonly elapsed: number;
};

/** The run with everything up to and including event `seq`; null when it has no events. Bounds are kept. */
export function momentAt(events: readonly RunEvent[], seq: number): Moment | null {
  const [first] = events;
  if (!first) return null;
  const past = events.filter((event) => event.seq <= Math.max(seq, first.seq));
  const event = past.at(-1) ?? first;
  const visited = new Map<string, number>();
  const taken = new Map<string, number>();
  const variables: Record<string, unknown> = {};
  for (const each of past) note(each, visited, taken, variables);
  const before = past.at(-2);
  return {
    event,
    status: statusAfter(event),
    current: event.type === "run.node_completed.v1" ? (event.next ?? event.node) : (nodeOf(event) ?? firstNode(events)),
    visited,
    taken,
    edge: event.type === "run.node_completed.v1" ? edgeOf(event) : null,
    variables,
    since: before ? between(before, event) : 0,
    elapsed: between(first, event),
  };
}

/** The `seq` of a step that an address asks for, within the run; without one, the last. */
export function stepOf(text: string | null, events: readonly RunEvent[]): number {
  const last = events.at(-1)?.seq ?? 0;
  const asked = text === null || text === "" ? Number.NaN : Number(text);
  return Number.isInteger(asked) ? Math.min(Math.max(asked, 1), last) : last;
}

/** How long a player shows an event before the next: what really passed, but nobody waits long. In ms. */
export function pauseBefore(next: RunEvent, event: RunEvent): number {
  return Math.min(Math.max(between(event, next), 500), 1_600);
}

/** The events of a run and those that were told since, each once and in order; `null` when some are missing between. */
export function joined(events: readonly RunEvent[], told: readonly RunEvent[]): readonly RunEvent[] | null {
  const last = events.at(-1)?.seq ?? 0;
  const fresh = told.filter(({ seq }) => seq > last).sort((a, b) => a.seq - b.seq);
  if (fresh.length === 0) return events;
  return fresh.every(({ seq }, place) => seq === last + 1 + place) ? [...events, ...fresh] : null;
}

/** Whether what an event said of the person was deleted. */
export function isWithheld(event: RunEvent): boolean {
  return (event.type === "run.started.v1" || isNodeEvent(event)) && event.withheld === true;
}

/** `node OUTCOME`, as in scenarios. */
export function edgeOf(event: { readonly node: string; readonly outcome: string }): string {
  return `${event.node} ${event.outcome}`;
}

function note(
  event: RunEvent,
  visited: Map<string, number>,
  taken: Map<string, number>,
  variables: Record<string, unknown>,
): void {
  if (event.type === "run.started.v1") Object.assign(variables, event.variables);
  if (event.type === "run.completed.v1" || event.type === "run.failed.v1") {
    if (!visited.has(event.node)) visited.set(event.node, 1);
  }
  if (event.type !== "run.node_completed.v1") return;
  visited.set(event.node, (visited.get(event.node) ?? 0) + 1);
  taken.set(edgeOf(event), (taken.get(edgeOf(event)) ?? 0) + 1);
  Object.assign(variables, event.sets);
}

function firstNode(events: readonly RunEvent[]): string | null {
  const first = events.find(isNodeEvent);
  return first ? first.node : null;
}

function between(from: RunEvent, to: RunEvent): number {
  return Date.parse(to.at) - Date.parse(from.at);
}
