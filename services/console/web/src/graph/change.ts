import type { Comment, FlowDefinition } from "../contract";
import { type Node, nextOf, type Place } from "./definition";

/** One edit of a flow, as data. What it speaks of and is not there (any more) stays as it is. */
export type Change =
  | { readonly type: "add_node"; readonly id: string; readonly node: Node; readonly at?: Place; readonly before?: string }
  /** With the edges that lead to it. */
  | { readonly type: "remove_node"; readonly id: string }
  /** Fields of a node by name; `undefined` takes one away. */
  | { readonly type: "set_fields"; readonly id: string; readonly fields: Readonly<Record<string, unknown>> }
  | { readonly type: "replace_node"; readonly id: string; readonly node: Node }
  | { readonly type: "connect"; readonly from: string; readonly outcome: string; readonly to: string }
  | { readonly type: "disconnect"; readonly from: string; readonly outcome: string }
  /** Where boxes stand; null: nowhere yet. */
  | { readonly type: "move"; readonly places: Readonly<Record<string, Place | null>> }
  /** Fields of the flow itself; `undefined` takes one away. */
  | { readonly type: "set_flow"; readonly fields: FlowFields }
  /** A comment of this id; null: none. */
  | { readonly type: "put_comment"; readonly id: string; readonly comment: Comment | null }
  /** Another document in its place, as after an import or a look back. */
  | { readonly type: "replace"; readonly definition: FlowDefinition }
  | { readonly type: "many"; readonly changes: readonly Change[] };

export type FlowFields = {
  readonly [Field in "name" | "trigger" | "event" | "cooldown_s" | "overlap" | "scenarios"]?:
    | FlowDefinition[Field]
    | undefined;
};

/** The definition after the change; the very same one when the change means nothing. */
export function apply(definition: FlowDefinition, change: Change): FlowDefinition {
  switch (change.type) {
    case "add_node":
      return added(definition, change.id, change.node, change.at, change.before);
    case "remove_node":
      return removed(definition, change.id);
    case "set_fields":
      return withNode(definition, change.id, (node) => withFields(node, change.fields));
    case "replace_node":
      return withNode(definition, change.id, () => change.node);
    case "connect":
      return withNode(definition, change.from, (node) => led(node, change.outcome, change.to));
    case "disconnect":
      return withNode(definition, change.from, (node) => led(node, change.outcome, undefined));
    case "move":
      return { ...definition, layout: withFields(definition.layout ?? {}, whole(change.places)) };
    case "set_flow":
      return withFields(definition, change.fields);
    case "put_comment":
      return { ...definition, comments: withFields(definition.comments ?? {}, whole({ [change.id]: change.comment })) };
    case "replace":
      return change.definition;
    case "many":
      return change.changes.reduce(apply, definition);
    default:
      return change satisfies never;
  }
}

/** What takes the change back, from the definition that it was applied to. */
export function invert(definition: FlowDefinition, change: Change): Change {
  switch (change.type) {
    case "add_node":
      return change.id in definition.nodes ? NOTHING : { type: "remove_node", id: change.id };
    case "remove_node":
      return restored(definition, change.id);
    case "set_fields":
    case "replace_node":
      return asItWas(definition, change.id);
    case "connect":
    case "disconnect":
      return asItWas(definition, change.from);
    case "move":
      return { type: "move", places: mapped(change.places, (id) => definition.layout?.[id] ?? null) };
    case "set_flow":
      return { type: "set_flow", fields: taken(definition, change.fields) };
    case "put_comment":
      return { type: "put_comment", id: change.id, comment: definition.comments?.[change.id] ?? null };
    case "replace":
      return { type: "replace", definition };
    case "many":
      return invertedMany(definition, change.changes);
    default:
      return change satisfies never;
  }
}

/** Several changes as one; one as itself. */
export function together(changes: readonly Change[]): Change {
  const [only] = changes;
  return changes.length === 1 && only ? only : { type: "many", changes };
}

const NOTHING: Change = { type: "many", changes: [] };

function added(definition: FlowDefinition, id: string, node: Node, at?: Place, before?: string): FlowDefinition {
  if (id in definition.nodes) return definition;
  const entries = Object.entries(definition.nodes);
  const place = before === undefined ? -1 : entries.findIndex(([key]) => key === before);
  entries.splice(place < 0 ? entries.length : place, 0, [id, node]);
  const layout = at ? { ...definition.layout, [id]: [at[0], at[1]] satisfies [number, number] } : definition.layout;
  return { ...definition, nodes: Object.fromEntries(entries), ...(layout ? { layout } : {}) };
}

function removed(definition: FlowDefinition, id: string): FlowDefinition {
  if (!(id in definition.nodes)) return definition;
  const others = Object.entries(definition.nodes).filter(([key]) => key !== id);
  const nodes = Object.fromEntries(others.map(([key, node]) => [key, without(node, id)]));
  return { ...definition, nodes, ...(definition.layout ? { layout: withFields(definition.layout, { [id]: undefined }) } : {}) };
}

/** The node without the edges that lead to `target`; the very same node when there are none. */
function without(node: Node, target: string): Node {
  const next = Object.entries(nextOf(node));
  const left = next.filter(([, to]) => to !== target);
  return left.length === next.length ? node : withFields(node, { next: left.length ? Object.fromEntries(left) : undefined });
}

function led(node: Node, outcome: string, to: string | undefined): Node {
  const next = withFields(nextOf(node), { [outcome]: to });
  return withFields(node, { next: Object.keys(next).length ? next : undefined });
}

function withNode(definition: FlowDefinition, id: string, made: (node: Node) => Node): FlowDefinition {
  const node = definition.nodes[id];
  return node ? { ...definition, nodes: { ...definition.nodes, [id]: made(node) } } : definition;
}

/** A copy with these fields; those that are undefined are gone from it. */
function withFields<T extends object>(table: T, fields: Readonly<Record<string, unknown>>): T {
  const gone = Object.keys(fields).filter((name) => fields[name] === undefined);
  const copy = { ...table, ...fields };
  for (const name of gone) Reflect.deleteProperty(copy, name);
  return copy;
}

/** Null means none here, as undefined does elsewhere: only null survives JSON. */
function whole(table: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return mapped(table, (id) => table[id] ?? undefined);
}

function mapped<T>(table: Readonly<Record<string, unknown>>, made: (key: string) => T): Readonly<Record<string, T>> {
  return Object.fromEntries(Object.keys(table).map((key) => [key, made(key)]));
}

function taken(definition: FlowDefinition, fields: FlowFields): FlowFields {
  const was = new Map<string, unknown>(Object.entries(definition));
  return mapped(fields, (name) => was.get(name));
}

function asItWas(definition: FlowDefinition, id: string): Change {
  const node = definition.nodes[id];
  return node ? { type: "replace_node", id, node } : NOTHING;
}

/** The node where it stood, and every node that led to it as it was. */
function restored(definition: FlowDefinition, id: string): Change {
  const node = definition.nodes[id];
  if (!node) return NOTHING;
  const ids = Object.keys(definition.nodes);
  const before = ids[ids.indexOf(id) + 1];
  const at = definition.layout?.[id];
  const leading = ids.filter((key) => key !== id && Object.values(nextOf(definition.nodes[key])).includes(id));
  const back: Change = { type: "add_node", id, node, ...(at ? { at } : {}), ...(before === undefined ? {} : { before }) };
  return together([back, ...leading.map((key) => asItWas(definition, key))]);
}

function invertedMany(definition: FlowDefinition, changes: readonly Change[]): Change {
  const inverses: Change[] = [];
  let current = definition;
  for (const change of changes) {
    inverses.push(invert(current, change));
    current = apply(current, change);
  }
  return together(inverses.reverse());
}
