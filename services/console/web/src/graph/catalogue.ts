import raw from "../../../../../contracts/schema/catalogue.json";

/** JSON Schema as far as the contract's files use it. */
export type Schema = Readonly<Record<string, unknown>>;

export type Trigger = {
  readonly name: string;
  readonly zh: string;
  readonly en: string;
  /** Those that flows of this trigger may read from the start, its own first. */
  readonly variables: readonly string[];
};

export type NodeType = {
  readonly type: string;
  readonly zh: string;
  readonly en: string;
  readonly icon: string;
  readonly about: string;
  /** The fixed ones; `adds` says which ones a node's config adds. */
  readonly outcomes: readonly string[];
  readonly adds: string | null;
  readonly failed: string | null;
  /** Whether a node of this type can hold up the run. */
  readonly waits: boolean;
  /** The triggers whose flows offer it. */
  readonly triggers: readonly string[];
  /** Fields that name something of the team, and what: `group`, `agent`, `segment`, `canned message`, `customer type`. */
  readonly refers: Readonly<Record<string, string>>;
  readonly schema: Schema;
};

type Catalogue = { readonly triggers: readonly Trigger[]; readonly nodes: readonly NodeType[] };

// The file is generated from the contract; its types are wider in TypeScript's eyes than they are.
const catalogue = raw as unknown as Catalogue;

const types = new Map(catalogue.nodes.map((type) => [type.type, type]));

/** Every trigger, in the order in which people choose. */
export const TRIGGERS = catalogue.triggers;

/** Every node type, in the order of the toolbar. */
export const NODE_TYPES = catalogue.nodes;

/** The node type of this name. */
export function nodeType(type: unknown): NodeType | undefined {
  return typeof type === "string" ? types.get(type) : undefined;
}

/** The node types that the toolbar of such a flow offers. */
export function offered(trigger: string): readonly NodeType[] {
  return NODE_TYPES.filter((type) => type.triggers.includes(trigger));
}

/** What something of the catalogue is called in the reader's language. */
export function label(entry: { readonly zh: string; readonly en: string }, language: string): string {
  return language === "zh" ? entry.zh : entry.en;
}
