import type { FlowDefinition } from "../contract";

/** A node as it is written: `type`, `name`, `next` and the fields of its type. */
export type Node = FlowDefinition["nodes"][string];

/** Where a box stands: its upper left corner. */
export type Place = readonly [number, number];

/** An outcome that leads on. */
export type Edge = { readonly from: string; readonly outcome: string; readonly to: string };

/** What names an edge: `node OUTCOME`, as in the paths of scenarios and runs. Node ids have no spaces. */
export function edgeKey(from: string, outcome: string): string {
  return `${from} ${outcome}`;
}

/** The node and the outcome of an edge's key. */
export function fromKey(key: string): readonly [node: string, outcome: string] {
  const space = key.indexOf(" ");
  return space < 0 ? [key, ""] : [key.slice(0, space), key.slice(space + 1)];
}

/** What people see of a node: its name, else its id. */
export function nameOf(definition: FlowDefinition, id: string): string {
  const name = definition.nodes[id]?.["name"];
  return typeof name === "string" && name !== "" ? name : id;
}

/** Where a node goes on, by outcome; what is no node id is left out. */
export function nextOf(node: Node | undefined): Readonly<Record<string, string>> {
  const next = node?.["next"];
  if (!isTable(next)) return {};
  return isTexts(next) ? next : Object.fromEntries(Object.entries(next).flatMap(([outcome, to]) => (isText(to) ? [[outcome, to]] : [])));
}

/** Every edge, node by node. */
export function edgesOf(definition: FlowDefinition): readonly Edge[] {
  return Object.entries(definition.nodes).flatMap(([from, node]) =>
    Object.entries(nextOf(node)).map(([outcome, to]) => ({ from, outcome, to })),
  );
}

/** The edges that lead to each node that something leads to. */
export function incomingOf(definition: FlowDefinition): ReadonlyMap<string, readonly Edge[]> {
  const incoming = new Map<string, Edge[]>();
  for (const edge of edgesOf(definition)) {
    const others = incoming.get(edge.to);
    if (others) others.push(edge);
    else incoming.set(edge.to, [edge]);
  }
  return incoming;
}

/** Whether something is a table, and not a list or nothing. */
export function isTable(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Whether something is a list. */
export function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}

/** Whether every value of a table is a text. */
function isTexts(table: Readonly<Record<string, unknown>>): table is Readonly<Record<string, string>> {
  return Object.values(table).every(isText);
}

export function isText(value: unknown): value is string {
  return typeof value === "string";
}

/** Whether two documents say the same; the order of a table's keys means nothing. */
export function equal(one: unknown, other: unknown): boolean {
  if (one === other) return true;
  if (isList(one)) return isList(other) && one.length === other.length && one.every((item, i) => equal(item, other[i]));
  if (!isTable(one) || !isTable(other)) return false;
  const keys = Object.keys(one);
  return (
    keys.length === Object.keys(other).length && keys.every((key) => Object.hasOwn(other, key) && equal(one[key], other[key]))
  );
}

/** A document of the editor, made of what a draft or a file holds, whatever that is; what does not fit is left out. */
export function read(raw: Readonly<Record<string, unknown>>): FlowDefinition {
  const nodes = isTable(raw["nodes"]) ? Object.entries(raw["nodes"]).filter(([, node]) => isTable(node)) : [];
  const layout = isTable(raw["layout"]) ? Object.entries(raw["layout"]).filter(([, place]) => isPlace(place)) : [];
  const { comments, ...others } = raw;
  return {
    ...others,
    ...(isTable(comments) ? { comments: Object.fromEntries(Object.entries(comments).filter(([, comment]) => isComment(comment))) } : {}),
    flow: String(raw["flow"] ?? ""),
    name: String(raw["name"] ?? ""),
    trigger: raw["trigger"] as FlowDefinition["trigger"],
    nodes: Object.fromEntries(nodes),
    layout: Object.fromEntries(layout),
    scenarios: isList(raw["scenarios"]) ? raw["scenarios"].filter(isTable) : [],
  } as unknown as FlowDefinition;
}

function isComment(value: unknown): boolean {
  return isTable(value) && isText(value["text"]) && isPlace(value["at"]);
}

/** Whether something says where a box stands. */
export function isPlace(value: unknown): value is Place {
  return isList(value) && value.length === 2 && value.every((number) => typeof number === "number" && isFinite(number));
}
