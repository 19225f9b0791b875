import { useCallback } from "react";
import { isList, isText, nextOf, type Node } from "../../graph/definition";
import { useEditor } from "../useEditor";

/** Where a node's author names outcomes. */
const NAMING = new Set(["options", "quick_replies"]);

/** Sets a parameter of a node; edges follow the outcomes that it names. */
export function useFieldEdit(id: string): (name: string, value: unknown) => void {
  const { definition, apply } = useEditor();
  const node = definition.nodes[id];
  return useCallback(
    (name, value) => {
      const next = node && NAMING.has(name) ? followed(node, node[name], value) : undefined;
      apply({ type: "set_fields", id, fields: { [name]: value, ...next } }, `${id}.${name}`);
    },
    [id, node, apply],
  );
}

/** The edges after outcomes were renamed, taken away or put in another order; nothing when they stay. */
function followed(node: Node, before: unknown, after: unknown): { readonly next?: unknown } {
  const olds = isList(before) ? before.filter(isText) : [];
  const news = isList(after) ? after.filter(isText) : [];
  const next = nextOf(node);
  const renamed = olds.length === news.length ? olds.findIndex((old, i) => old !== news[i] && !news.includes(old)) : -1;
  const gone = olds.filter((old) => !news.includes(old));
  if (!gone.some((old) => old in next)) return {};
  const entries = Object.entries(next).flatMap(([outcome, to]) => {
    if (renamed >= 0 && outcome === olds[renamed]) return [[news[renamed] ?? outcome, to]];
    return gone.includes(outcome) ? [] : [[outcome, to]];
  });
  return { next: entries.length ? Object.fromEntries(entries) : undefined };
}
