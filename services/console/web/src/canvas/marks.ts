/** How something on the canvas is set off from the rest: a class of the stylesheet of who draws, and a few words. */
export type NodeMark = { readonly className?: string; readonly badge?: string };
export type EdgeMark = { readonly className?: string; readonly label?: string; readonly width?: number };

/** Marks by node id, and by `node OUTCOME`. */
export type Marks = {
  readonly nodes?: Readonly<Record<string, NodeMark>>;
  readonly edges?: Readonly<Record<string, EdgeMark>>;
};

/** What is wrong with a node, as far as the canvas tells. */
export type Trouble = { readonly level: "error" | "warning"; readonly text: string };
