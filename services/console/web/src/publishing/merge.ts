import type { FlowDefinition, Scenario } from "../contract";
import { edgesOf, equal, isTable, type Node, nextOf } from "../graph/definition";

export type Side = "mine" | "theirs";

/** One thing that both sides changed, each in another way. `key` names it, as `node ask text` does. */
export type Overlap = { readonly key: string; readonly mine: unknown; readonly theirs: unknown };

export type Merged = { readonly definition: FlowDefinition; readonly overlaps: readonly Overlap[] };

/** Which side wins where both changed the same, by the overlap's key; mine unless it is said. */
export type Choices = Readonly<Record<string, Side>>;

/**
 * What both made of `base`, together: fields, edges, scenarios, comments and places are taken from whoever changed
 * them. Where a box stands is never worth a question: mine. Edges to what is gone go with it.
 */
export function merge(base: FlowDefinition | null, mine: FlowDefinition, theirs: FlowDefinition, choices: Choices = {}): Merged {
  const merging = new Merging(choices);
  const before = base ?? { ...theirs, nodes: {}, layout: {}, comments: {}, scenarios: [] };
  const own = merging.table("flow", head(before), head(mine), head(theirs));
  const nodes = mergedNodes(merging, before, mine, theirs);
  const definition = {
    ...theirs,
    ...own,
    nodes: connected(nodes),
    layout: new Merging(choices).table("layout", before.layout ?? {}, mine.layout ?? {}, theirs.layout ?? {}),
    comments: merging.table("comment", before.comments ?? {}, mine.comments ?? {}, theirs.comments ?? {}),
    scenarios: mergedScenarios(merging, before, mine, theirs),
  } as FlowDefinition;
  return { definition, overlaps: merging.overlaps };
}

/** Takes each thing from the side that changed it, and notes where both did. */
class Merging {
  readonly overlaps: Overlap[] = [];
  readonly #choices: Choices;

  constructor(choices: Choices) {
    this.#choices = choices;
  }

  /** Nothing there is undefined. */
  one(key: string, base: unknown, mine: unknown, theirs: unknown): unknown {
    if (equal(mine, theirs) || equal(theirs, base)) return mine;
    if (equal(mine, base)) return theirs;
    return this.ask(key, mine, theirs) === "mine" ? mine : theirs;
  }

  ask(key: string, mine: unknown, theirs: unknown): Side {
    this.overlaps.push({ key, mine, theirs });
    return this.#choices[key] ?? "mine";
  }

  table(prefix: string, base: Table, mine: Table, theirs: Table): Table {
    const names = new Set([...Object.keys(theirs), ...Object.keys(mine)]);
    const merged = [...names].map((name) => [name, this.one(`${prefix} ${name}`, base[name], mine[name], theirs[name])]);
    return Object.fromEntries(merged.filter(([, value]) => value !== undefined));
  }
}

type Table = Readonly<Record<string, unknown>>;
type Nodes = Readonly<Record<string, Node>>;

function head({ name, trigger, event, cooldown_s, overlap }: FlowDefinition): Table {
  return { name, trigger, event: event ?? undefined, cooldown_s: cooldown_s || undefined, overlap: overlap ?? "allow" };
}

function mergedNodes(merging: Merging, base: FlowDefinition, mine: FlowDefinition, theirs: FlowDefinition): Nodes {
  const ids = new Set([...Object.keys(theirs.nodes), ...Object.keys(mine.nodes)]);
  const merged = [...ids].map((id): readonly [string, Node | undefined] => {
    const [my, their] = [mine.nodes[id], theirs.nodes[id]];
    if (my && their) return [id, mergedNode(merging, id, base.nodes[id] ?? {}, my, their)];
    const left = my ?? their;
    const before = base.nodes[id];
    if (!before || !left) return [id, left]; // one side added it
    const isWanted = !equal(left, before) || isNewlyReached(base, my ? mine : theirs, id);
    if (!isWanted) return [id, undefined];
    return [id, merging.ask(`node ${id}`, my, their) === "mine" ? my : their];
  });
  return Object.fromEntries(merged.flatMap(([id, node]) => (node ? [[id, node]] : [])));
}

function mergedNode(merging: Merging, id: string, base: Node, mine: Node, theirs: Node): Node {
  const { next: _, ...fields } = merging.table(`node ${id}`, bare(base), bare(mine), bare(theirs));
  const next = merging.table(`edge ${id}`, nextOf(base), nextOf(mine), nextOf(theirs));
  return Object.keys(next).length ? { ...fields, next } : fields;
}

function bare(node: Node): Node {
  const { next: _, ...fields } = node;
  return fields;
}

/** Whether an edge leads to the node that was not there before. */
function isNewlyReached(base: FlowDefinition, side: FlowDefinition, id: string): boolean {
  return edgesOf(side).some(({ from, outcome, to }) => to === id && nextOf(base.nodes[from])[outcome] !== id);
}

function connected(nodes: Nodes): Nodes {
  return Object.fromEntries(
    Object.entries(nodes).map(([id, node]) => {
      const kept = Object.entries(nextOf(node)).filter(([, to]) => to in nodes);
      const isWhole = kept.length === Object.keys(nextOf(node)).length;
      return [id, isWhole ? node : { ...bare(node), ...(kept.length ? { next: Object.fromEntries(kept) } : {}) }];
    }),
  );
}

function mergedScenarios(
  merging: Merging,
  base: FlowDefinition,
  mine: FlowDefinition,
  theirs: FlowDefinition,
): readonly Scenario[] {
  const merged = merging.table("scenario", byName(base), byName(mine), byName(theirs));
  return Object.values(merged).filter(isScenario);
}

function byName({ scenarios }: FlowDefinition): Table {
  return Object.fromEntries((scenarios ?? []).map((scenario) => [scenario.name, scenario]));
}

function isScenario(value: unknown): value is Scenario {
  return isTable(value) && typeof value["name"] === "string";
}
