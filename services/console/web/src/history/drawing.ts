import type { EdgeMark, Marks, NodeMark } from "../canvas/marks";
import type { FlowDefinition } from "../contract";
import { edgeKey, nameOf, type Node, nextOf } from "../graph/definition";
import type { FlowDiff } from "../graph/diff";

/** How each kind of change is set off; `classes` has the same keys. */
export type Kind = "added" | "removed" | "changed";

/** Says it in words, so that nothing depends on colour. `was` takes the name of a node. */
export type Words = Readonly<Record<Kind, string>> & { readonly was: (name: string) => string };

/** Both flows in one drawing: what `after` has, and what it has no more. */
export function together(before: FlowDefinition, after: FlowDefinition, diff: FlowDiff): FlowDefinition {
  const removed = diff.nodes.removed.map((id) => [id, before.nodes[id] ?? {}] as const);
  const nodes: Record<string, Node> = { ...after.nodes, ...Object.fromEntries(removed) };
  for (const { from, outcome, to } of diff.edges.removed) {
    const next = nextOf(nodes[from]);
    if (!(outcome in next)) nodes[from] = { ...nodes[from], next: { ...next, [outcome]: to } };
  }
  const places = diff.nodes.removed.flatMap((id) => (before.layout?.[id] ? [[id, before.layout[id]] as const] : []));
  return { ...after, nodes, layout: { ...after.layout, ...Object.fromEntries(places) } };
}

/** What sets the changes off on that drawing. */
export function marksOf(
  before: FlowDefinition,
  diff: FlowDiff,
  classes: Readonly<Record<string, string>>,
  words: Words,
): Marks {
  const mark = (kind: Kind): NodeMark => ({ className: classes[kind] ?? "", badge: words[kind] });
  const nodes = Object.fromEntries([
    ...Object.keys(diff.nodes.changed).map((id) => [id, mark("changed")] as const),
    ...diff.nodes.added.map((id) => [id, mark("added")] as const),
    ...diff.nodes.removed.map((id) => [id, mark("removed")] as const),
  ]);
  const line = (kind: Kind, label = words[kind]): EdgeMark => ({ className: classes[`${kind}Edge`] ?? "", label, width: 2 });
  const edges: Record<string, EdgeMark> = {};
  for (const { from, outcome } of diff.edges.removed) edges[edgeKey(from, outcome)] = line("removed");
  for (const { from, outcome } of diff.edges.added) {
    const was = nextOf(before.nodes[from])[outcome];
    edges[edgeKey(from, outcome)] = was ? line("changed", words.was(nameOf(before, was))) : line("added");
  }
  return { nodes, edges };
}
