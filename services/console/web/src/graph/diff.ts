import type { FlowDefinition } from "../contract";
import { type Edge, edgeKey, edgesOf, equal, type Node } from "./definition";

/** What is different between two flows; where boxes stand and comments do not count. */
export type FlowDiff = {
  readonly nodes: {
    readonly added: readonly string[];
    readonly removed: readonly string[];
    /** By node: the fields that differ, edges left out. */
    readonly changed: Readonly<Record<string, readonly string[]>>;
  };
  /** An outcome that leads elsewhere is both removed and added. */
  readonly edges: { readonly added: readonly Edge[]; readonly removed: readonly Edge[] };
  /** By name; of several with one name the last counts. */
  readonly scenarios: {
    readonly added: readonly string[];
    readonly removed: readonly string[];
    readonly changed: readonly string[];
  };
  /** Fields of the flow itself that differ. */
  readonly fields: readonly FlowField[];
  readonly isEmpty: boolean;
};

export type FlowField = (typeof FIELDS)[number];

const FIELDS = ["name", "trigger", "event", "cooldown_s", "overlap"] as const;
const DEFAULTS: { readonly [Field in FlowField]?: unknown } = { event: null, cooldown_s: 0, overlap: "allow" };

/** What was done to make `after` of `before`. */
export function diff(before: FlowDefinition, after: FlowDefinition): FlowDiff {
  const nodes = { ...beyond(before.nodes, after.nodes), changed: changedNodes(before, after) };
  const edges = { added: edgesBeyond(after, before), removed: edgesBeyond(before, after) };
  const scenarios = scenarioDiff(before, after);
  const fields = FIELDS.filter((name) => !equal(before[name] ?? DEFAULTS[name], after[name] ?? DEFAULTS[name]));
  const isEmpty =
    [nodes.added, nodes.removed, edges.added, edges.removed, fields].every((list) => list.length === 0) &&
    Object.keys(nodes.changed).length === 0 &&
    [scenarios.added, scenarios.removed, scenarios.changed].every((list) => list.length === 0);
  return { nodes, edges, scenarios, fields, isEmpty };
}

function changedNodes(before: FlowDefinition, after: FlowDefinition): Readonly<Record<string, readonly string[]>> {
  const changed: Record<string, readonly string[]> = {};
  for (const [id, node] of Object.entries(after.nodes)) {
    const fields = before.nodes[id] ? changedFields(before.nodes[id], node) : [];
    if (fields.length > 0) changed[id] = fields;
  }
  return changed;
}

function changedFields(before: Node, after: Node): readonly string[] {
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  names.delete("next");
  return [...names].filter((name) => !equal(before[name], after[name]));
}

/** The edges of one flow that the other has not. */
function edgesBeyond(one: FlowDefinition, other: FlowDefinition): readonly Edge[] {
  const there = new Set(edgesOf(other).map(({ from, outcome, to }) => `${edgeKey(from, outcome)}\n${to}`));
  return edgesOf(one).filter(({ from, outcome, to }) => !there.has(`${edgeKey(from, outcome)}\n${to}`));
}

function scenarioDiff(before: FlowDefinition, after: FlowDefinition): FlowDiff["scenarios"] {
  const old = Object.fromEntries((before.scenarios ?? []).map((scenario) => [scenario.name, scenario]));
  const now = Object.fromEntries((after.scenarios ?? []).map((scenario) => [scenario.name, scenario]));
  const changed = Object.keys(now).filter((name) => old[name] && !equal(old[name], now[name]));
  return { ...beyond(old, now), changed };
}

function beyond(before: object, after: object): { readonly added: readonly string[]; readonly removed: readonly string[] } {
  return {
    added: Object.keys(after).filter((key) => !Object.hasOwn(before, key)),
    removed: Object.keys(before).filter((key) => !Object.hasOwn(after, key)),
  };
}
