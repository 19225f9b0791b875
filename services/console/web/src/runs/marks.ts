import type { FlowDefinition } from "../contract";
import { nextOf } from "../graph/definition";
import type { RunEvent } from "./events";
import { type Moment, momentAt } from "./timeline";

/** How a node or an edge stands to the paths that are drawn. */
export type Role = "taken" | "current" | "other" | "both" | "ahead";

export type Mark = { readonly role: Role; readonly count: number };

export type Marks = {
  readonly nodes: Readonly<Record<string, Mark>>;
  /** By `node OUTCOME`. */
  readonly edges: Readonly<Record<string, Mark>>;
};

/** The path so far with its current node; what the record goes on to take is told apart. */
export function marksAt(events: readonly RunEvent[], moment: Moment): Marks {
  const whole = momentAt(events, Number.POSITIVE_INFINITY) ?? moment;
  const nodes = { ...ahead(whole.visited), ...ahead(named(whole.current)), ...taken(moment.visited) };
  const edges = { ...ahead(whole.taken), ...taken(moment.taken) };
  if (moment.current !== null) {
    nodes[moment.current] = { role: "current", count: moment.visited.get(moment.current) ?? 0 };
  }
  if (moment.edge !== null) edges[moment.edge] = { role: "current", count: moment.taken.get(moment.edge) ?? 1 };
  return { nodes, edges };
}

/** The recorded path and the other one, and what both took. */
export function marksOfBoth(recorded: readonly RunEvent[], other: readonly RunEvent[]): Marks {
  const one = momentAt(recorded, Number.POSITIVE_INFINITY);
  const two = momentAt(other, Number.POSITIVE_INFINITY);
  return {
    nodes: both(withCurrent(one), withCurrent(two)),
    edges: both(one?.taken ?? new Map(), two?.taken ?? new Map()),
  };
}

/**
 * The version that ran with what another flow adds to it, to draw both paths on. Where an outcome leads elsewhere in
 * the other one, that is drawn.
 */
export function united(ran: FlowDefinition, other: FlowDefinition | null): FlowDefinition {
  if (!other) return ran;
  const nodes: Record<string, FlowDefinition["nodes"][string]> = { ...ran.nodes };
  for (const [id, node] of Object.entries(other.nodes)) {
    const old = ran.nodes[id];
    nodes[id] = old ? { ...node, next: { ...nextOf(old), ...nextOf(node) } } : node;
  }
  return { ...ran, nodes, layout: { ...other.layout, ...ran.layout } };
}

function both(one: ReadonlyMap<string, number>, two: ReadonlyMap<string, number>): Record<string, Mark> {
  const marks: Record<string, Mark> = {};
  for (const [key, count] of one) marks[key] = { role: two.has(key) ? "both" : "taken", count };
  for (const [key, count] of two) if (!one.has(key)) marks[key] = { role: "other", count };
  return marks;
}

function withCurrent(moment: Moment | null): ReadonlyMap<string, number> {
  return new Map([...named(moment?.current ?? null), ...(moment?.visited ?? [])]);
}

function named(id: string | null): ReadonlyMap<string, number> {
  return new Map(id === null ? [] : [[id, 0]]);
}

function ahead(counts: ReadonlyMap<string, number>): Record<string, Mark> {
  return marked(counts, "ahead");
}

function taken(counts: ReadonlyMap<string, number>): Record<string, Mark> {
  return marked(counts, "taken");
}

function marked(counts: ReadonlyMap<string, number>, role: Role): Record<string, Mark> {
  return Object.fromEntries([...counts].map(([key, count]) => [key, { role, count }]));
}
