import type { FlowDefinition } from "../contract";
import { type Change, together } from "./change";
import { isPlace, isTable, isText, type Node, nextOf, type Place } from "./definition";
import { freshId } from "./naming";

const MARK = "frontdesk-nodes";

type Copied = { readonly nodes: Readonly<Record<string, Node>>; readonly layout: Readonly<Record<string, Place>> };

/** These nodes as text, with the edges among them. */
export function copied(definition: FlowDefinition, ids: readonly string[]): string {
  const there = ids.filter((id) => id in definition.nodes);
  const nodes = Object.fromEntries(there.map((id) => [id, definition.nodes[id]]));
  const layout = Object.fromEntries(there.flatMap((id) => (definition.layout?.[id] ? [[id, definition.layout[id]]] : [])));
  return JSON.stringify({ [MARK]: 1, nodes, layout }, null, 2);
}

/** What adds the nodes of such a text, each under an id of its own; null when the text holds none. */
export function pasted(
  definition: FlowDefinition,
  text: string,
  at: Place | null,
): { readonly change: Change; readonly ids: readonly string[] } | null {
  const content = parse(text);
  if (!content || Object.keys(content.nodes).length === 0) return null;
  const ids = renamed(definition, Object.keys(content.nodes));
  const shift = shifted(content, at);
  const changes = Object.entries(content.nodes).map(([old, node]): Change => {
    const place = content.layout[old] ?? [0, 0];
    const next = Object.entries(nextOf(node)).flatMap(([outcome, to]) => (ids.has(to) ? [[outcome, ids.get(to)]] : []));
    const { next: _, ...fields } = node;
    return {
      type: "add_node",
      id: ids.get(old) ?? old,
      node: next.length ? { ...fields, next: Object.fromEntries(next) } : fields,
      at: [place[0] + shift[0], place[1] + shift[1]],
    };
  });
  return { change: together(changes), ids: [...ids.values()] };
}

function renamed(definition: FlowDefinition, olds: readonly string[]): ReadonlyMap<string, string> {
  const taken = new Set(Object.keys(definition.nodes));
  const ids = new Map<string, string>();
  for (const old of olds) {
    const id = freshId(taken, old);
    taken.add(id);
    ids.set(old, id);
  }
  return ids;
}

/** From where the boxes stood to `at`, their upper left corner; without one, a little aside. */
function shifted(content: Copied, at: Place | null): Place {
  if (!at) return [40, 40];
  const places = Object.values(content.layout);
  if (places.length === 0) return at;
  return [at[0] - Math.min(...places.map(([x]) => x)), at[1] - Math.min(...places.map(([, y]) => y))];
}

function parse(text: string): Copied | null {
  if (!text.includes(MARK)) return null;
  try {
    const raw: unknown = JSON.parse(text);
    if (!isTable(raw) || raw[MARK] !== 1 || !isTable(raw["nodes"])) return null;
    const isWhole = ([id, node]: [string, unknown]) => /^[A-Za-z0-9_-]{1,64}$/.test(id) && isTable(node) && isText(node["type"]);
    const nodes = Object.entries(raw["nodes"]).filter(isWhole);
    const places = isTable(raw["layout"]) ? Object.entries(raw["layout"]).filter(([, place]) => isPlace(place)) : [];
    return { nodes: Object.fromEntries(nodes), layout: Object.fromEntries(places) } as Copied;
  } catch {
    return null; // somebody else's text
  }
}
