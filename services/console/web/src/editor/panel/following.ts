import { isList, isText, nextOf, type Node } from "../../graph/definition";

/** The edges after outcomes were renamed, taken away or put in another order; nothing when they stay. */
export function followed(node: Node, before: unknown, after: unknown): { readonly next?: unknown } {
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
