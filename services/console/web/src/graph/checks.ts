import type { FlowDefinition } from "../contract";
import { nodeType } from "./catalogue";
import { nameOf, nextOf, type Node } from "./definition";
import { outcomesOf, waits } from "./outcomes";
import { misfits } from "./schema";

/** What is wrong with a flow, in the service's codes; `words` go into the sentence. */
export type Found = {
  readonly code: string;
  /** `nodes.check.next.TRUE`; empty: the whole of it. */
  readonly at: string;
  readonly level: "error" | "warning";
  readonly words: Readonly<Record<string, string | number>>;
};

/** What can be seen at once, without the team's settings: as the service's checks, which say more, and last. */
export function check(definition: FlowDefinition): readonly Found[] {
  const errors = [...bounds(definition), ...ofNodes(definition), ...ofEdges(definition), ...unreachable(definition), ...endless(definition)];
  return [...errors, ...open(definition)];
}

/** The node that a problem is at, as far as it is at one. */
export function nodeAt(at: string): string | null {
  return /^nodes\.([A-Za-z0-9_-]+)/.exec(at)?.[1] ?? null;
}

/** The field of a node that a problem is at: `text`, `next`. */
export function fieldAt(at: string): string | null {
  return /^nodes\.[A-Za-z0-9_-]+\.([a-z_]+)/.exec(at)?.[1] ?? null;
}

function error(code: string, at: string, words: Found["words"] = {}): Found {
  return { code, at, level: "error", words };
}

function bounds({ nodes }: FlowDefinition): readonly Found[] {
  const ids = Object.keys(nodes);
  const starts = ids.filter((id) => nodes[id]?.["type"] === "start");
  const hasEnd = ids.some((id) => nodes[id]?.["type"] === "end");
  return [
    ...(starts.length === 0 ? [error("no_start", "nodes")] : []),
    ...starts.slice(1).map((id) => error("many_starts", `nodes.${id}`)),
    ...(hasEnd ? [] : [error("no_end", "nodes")]),
  ];
}

function ofNodes({ nodes }: FlowDefinition): readonly Found[] {
  return Object.entries(nodes).flatMap(([id, node]) => ofNode(id, node));
}

const found = new WeakMap<Node, readonly Found[]>();

/** Of one node by itself; remembered, because most nodes stay as they are. */
function ofNode(id: string, node: Node): readonly Found[] {
  const known = found.get(node);
  if (known) return known;
  const type = nodeType(node["type"]);
  const { next: _, ...fields } = node;
  const faults = type
    ? misfits(type.schema, fields).map((misfit): Found => {
        const words = { why: misfit.why, limit: misfit.limit ?? "" };
        return error(misfit.why === "unknown" ? "unknown_field" : "bad_value", `nodes.${id}.${misfit.at}`, words);
      })
    : [error("unknown_type", `nodes.${id}.type`, { type: String(node["type"] ?? "") })];
  found.set(node, faults);
  return faults;
}

function ofEdges(definition: FlowDefinition): readonly Found[] {
  const { nodes } = definition;
  return Object.entries(nodes).flatMap(([from, node]) => {
    const known = outcomesOf(node);
    return Object.entries(nextOf(node)).flatMap(([outcome, to]): readonly Found[] => {
      const at = `nodes.${from}.next.${outcome}`;
      if (node["type"] === "end") return [error("end_has_output", at)];
      const strange = known.includes(outcome) || !nodeType(node["type"]) ? [] : [error("unknown_outcome", at, { outcome })];
      if (!nodes[to]) return [...strange, error("missing_node", at, { node: to })];
      return nodes[to]["type"] === "start" ? [...strange, error("start_has_input", at, { node: nameOf(definition, to) })] : strange;
    });
  });
}

function unreachable({ nodes }: FlowDefinition): readonly Found[] {
  const ids = Object.keys(nodes);
  const ahead = ids.filter((id) => nodes[id]?.["type"] === "start");
  if (ahead.length === 0) return [];
  const reached = new Set(ahead);
  for (let id = ahead.pop(); id !== undefined; id = ahead.pop()) {
    for (const target of Object.values(nextOf(nodes[id]))) {
      if (!reached.has(target)) {
        reached.add(target);
        ahead.push(target);
      }
    }
  }
  return ids.filter((id) => !reached.has(id)).map((id) => error("unreachable_node", `nodes.${id}`));
}

/** One problem for each cycle in which nobody waits, at the first of its nodes. */
function endless(definition: FlowDefinition): readonly Found[] {
  const ahead = circling(definition);
  const told = new Set<string>();
  const problems: Found[] = [];
  for (const id of ahead.keys()) {
    const cycle = told.has(id) ? [] : cycleFrom(ahead, id);
    if (cycle.length === 0) continue;
    for (const member of cycle) told.add(member);
    const way = [...cycle, id].map((member) => nameOf(definition, member)).join(" → ");
    problems.push(error("endless_loop", `nodes.${id}`, { way }));
  }
  return problems;
}

/** Where each node that does not wait leads, without those that sooner or later lead out. */
function circling({ nodes }: FlowDefinition): Map<string, readonly string[]> {
  const passing = Object.entries(nodes).filter(([, node]) => node["type"] !== "end" && !waits(node));
  const leads = passing.map(([id, node]): [string, readonly string[]] => {
    return [id, Object.values(nextOf(node)).filter((target) => nodes[target]?.["type"] !== "start")];
  });
  let ahead = new Map(leads);
  for (let left = -1; left !== ahead.size; ) {
    left = ahead.size;
    const kept = [...ahead].map(([id, targets]): [string, readonly string[]] => [id, targets.filter((to) => ahead.has(to))]);
    ahead = new Map(kept.filter(([, targets]) => targets.length > 0));
  }
  return ahead;
}

/** A shortest way from the node round to itself, or nothing. */
function cycleFrom(ahead: ReadonlyMap<string, readonly string[]>, id: string): readonly string[] {
  const ways = new Map<string, readonly string[]>([[id, [id]]]);
  for (const [at, way] of ways) {
    for (const target of ahead.get(at) ?? []) {
      if (target === id) return way;
      if (!ways.has(target)) ways.set(target, [...way, target]);
    }
  }
  return [];
}

function open({ nodes }: FlowDefinition): readonly Found[] {
  return Object.entries(nodes).flatMap(([id, node]) => {
    const next = nextOf(node);
    const outcomes = outcomesOf(node).filter((outcome) => outcome !== "FAILED" && !(outcome in next));
    return outcomes.map((outcome): Found => ({ code: "open_outcome", at: `nodes.${id}.next.${outcome}`, level: "warning", words: { outcome } }));
  });
}
