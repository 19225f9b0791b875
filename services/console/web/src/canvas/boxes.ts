import { type Edge as FlowEdge, type Node as FlowNode, type NodeHandle, Position } from "@xyflow/react";
import type { FlowDefinition } from "../contract";
import { label, type NodeType, nodeType } from "../graph/catalogue";
import { type Edge, edgeKey, incomingOf, nameOf, nextOf, type Node } from "../graph/definition";
import { outcomesOf } from "../graph/outcomes";
import { placesOf } from "../graph/placing";
import { HANDLE, HEAD, heightOf, linesOf, middleOf, MOST_LINES, NOTE, ROW, TIP, WIDTH } from "./geometry";
import type { EdgeMark, Marks, Trouble } from "./marks";

export type Line = { readonly key: string; readonly source: string; readonly outcome: string };
export type Outcome = { readonly name: string; readonly isConnected: boolean; readonly isKnown: boolean };

/** What a box shows. The same object for as long as it shows the same. */
export type BoxData = {
  readonly name: string;
  readonly type: NodeType | undefined;
  readonly typeName: string;
  readonly lines: readonly Line[];
  /** As many incoming edges as there is no line for. */
  readonly more: number;
  readonly outcomes: readonly Outcome[];
  readonly badge: string;
  readonly trouble: Trouble | null;
};
export type Box = FlowNode<BoxData, "box">;
export type Note = FlowNode<{ readonly text: string }, "note">;
export type Wire = FlowEdge<EdgeMark & { readonly [key: string]: unknown }, "flow">;

/** A comment's id among those of nodes, which have no such character. */
export const NOTE_MARK = "note:";

/** Everything that decides what the boxes are. */
export type Drawn = {
  readonly definition: FlowDefinition;
  readonly language: string;
  readonly marks?: Marks | undefined;
  readonly troubles?: Readonly<Record<string, Trouble>> | undefined;
  /** Where boxes are while they are dragged. */
  readonly moving?: Readonly<Record<string, readonly [number, number]>> | undefined;
  readonly selected?: ReadonlySet<string> | undefined;
};

type Kept<T> = { readonly parts: readonly unknown[]; readonly made: T };
/** What was drawn before: nothing that looks the same is made anew, so that nothing else is drawn again. */
export type Cache = { readonly boxes: Map<string, Kept<Box | Note>>; readonly data: Map<string, Kept<BoxData>>; readonly edges: Map<string, Kept<Wire>> };

export function emptyCache(): Cache {
  return { boxes: new Map(), data: new Map(), edges: new Map() };
}

/** The boxes of nodes and comments. */
export function boxesOf(drawn: Drawn, cache: Cache): (Box | Note)[] {
  const { definition, moving, selected } = drawn;
  const places = placesOf(definition);
  const incoming = incomingOf(definition);
  const boxes = Object.keys(definition.nodes).map((id) => {
    const data = dataOf(id, incoming.get(id) ?? [], drawn, cache);
    const place = moving?.[id] ?? places.get(id) ?? [0, 0];
    const className = drawn.marks?.nodes?.[id]?.className;
    const parts = [data, place[0], place[1], selected?.has(id) ?? false, className];
    return kept(cache.boxes, id, parts, (): Box => boxOf(id, data, place, selected?.has(id) ?? false, className));
  });
  const notes = Object.entries(definition.comments ?? {}).map(([id, comment]) => {
    const key = NOTE_MARK + id;
    const place = moving?.[key] ?? comment.at;
    const isSelected = selected?.has(key) ?? false;
    return kept(cache.boxes, key, [comment, place[0], place[1], isSelected], (): Note => {
      const [width, height] = comment.size ?? [NOTE.width, NOTE.height];
      const size = { width, height, measured: { width, height } };
      const shown = { position: { x: place[0], y: place[1] }, selected: isSelected, ariaLabel: comment.text };
      return { id: key, type: "note", data: { text: comment.text }, zIndex: -1, handles: [], ...size, ...shown };
    });
  });
  return [...notes, ...boxes];
}

/** The edges whose node is there. */
export function linesBetween(drawn: Drawn, cache: Cache): Wire[] {
  const { definition, selected } = drawn;
  const seen = new Map<string, number>();
  return Object.entries(definition.nodes).flatMap(([from, node]) =>
    Object.entries(nextOf(node)).flatMap(([outcome, to]) => {
      if (!definition.nodes[to]) return [];
      const key = edgeKey(from, outcome);
      const place = seen.get(to) ?? 0;
      seen.set(to, place + 1);
      const mark = drawn.marks?.edges?.[key];
      const handle = place < MOST_LINES ? `in ${key}` : "in more";
      const words = `${nameOf(definition, from)}:${outcome} → ${nameOf(definition, to)}`;
      const isSelected = selected?.has(key) ?? false;
      const parts = [to, handle, words, isSelected, mark?.className, mark?.label, mark?.width];
      return [kept(cache.edges, key, parts, () => lineOf(key, { from, outcome, to }, handle, words, isSelected, mark))];
    }),
  );
}

function lineOf(id: string, edge: Edge, handle: string, words: string, selected: boolean, mark: EdgeMark | undefined): Wire {
  const ends = { source: edge.from, sourceHandle: `out ${edge.outcome}`, target: edge.to, targetHandle: handle };
  return { id, type: "flow", ...ends, selected, ariaLabel: words, data: { ...mark }, zIndex: selected ? 1 : 0 };
}

function dataOf(id: string, incoming: readonly Edge[], drawn: Drawn, cache: Cache): BoxData {
  const { definition, language } = drawn;
  const node = definition.nodes[id] ?? {};
  const lines = incoming.slice(0, MOST_LINES).map((edge) => ({
    key: edgeKey(edge.from, edge.outcome),
    source: nameOf(definition, edge.from),
    outcome: edge.outcome,
  }));
  const badge = drawn.marks?.nodes?.[id]?.badge ?? "";
  const trouble = drawn.troubles?.[id];
  const words = lines.map((line) => `${line.key}\n${line.source}`).join("\n");
  const parts = [node, words, incoming.length, language, badge, trouble?.level, trouble?.text];
  return kept(cache.data, id, parts, () => {
    const type = nodeType(node["type"]);
    return {
      name: nameOf(definition, id),
      type,
      typeName: type ? label(type, language) : String(node["type"] ?? "?"),
      lines,
      more: incoming.length - lines.length,
      outcomes: shownOutcomes(node),
      badge,
      trouble: trouble ?? null,
    };
  });
}

/** What the node yields, and what it is connected by although it never yields it. */
function shownOutcomes(node: Node): readonly Outcome[] {
  const next = nextOf(node);
  const known = outcomesOf(node);
  const others = Object.keys(next).filter((name) => !known.includes(name));
  return [...known, ...others].map((name) => ({ name, isConnected: name in next, isKnown: known.includes(name) }));
}

function boxOf(id: string, data: BoxData, place: readonly [number, number], selected: boolean, className?: string): Box {
  const height = heightOf(data.lines.length + data.more, data.outcomes.length);
  return {
    id,
    type: "box",
    position: { x: place[0], y: place[1] },
    data,
    selected,
    width: WIDTH,
    height,
    measured: { width: WIDTH, height },
    handles: handlesOf(data),
    ariaLabel: [data.name, data.typeName, data.badge, data.trouble?.text].filter(Boolean).join(", "),
    ...(className ? { className } : {}),
  };
}

/** Where the triangles are, so that edges can be drawn before the box is. */
function handlesOf(data: BoxData): NodeHandle[] {
  const left = (id: string, y: number): NodeHandle => handle(id, "target", Position.Left, 0, y);
  const right = (id: string, y: number): NodeHandle => handle(id, "source", Position.Right, WIDTH, y);
  const hasStart = data.type?.type === "start";
  const more = data.more > 0 ? [left("in more", middleOf(linesOf(MOST_LINES + 1) - 1))] : [];
  return [
    ...(hasStart ? [] : [left("in", HEAD / 2)]),
    ...data.lines.map((line, place) => left(`in ${line.key}`, middleOf(place))),
    ...more,
    ...data.outcomes.map((outcome, place) => right(`out ${outcome.name}`, middleOf(place))),
  ];
}

function handle(id: string, type: "source" | "target", position: Position, x: number, y: number): NodeHandle {
  const left = type === "source" ? x + TIP - HANDLE : x - TIP;
  return { id, type, position, x: left, y: y - ROW / 2, width: HANDLE, height: ROW };
}

function kept<T>(map: Map<string, Kept<T>>, key: string, parts: readonly unknown[], make: () => NoInfer<T>): T {
  const before = map.get(key);
  if (before && before.parts.every((part, i) => part === parts[i])) return before.made;
  const made = make();
  map.set(key, { parts, made });
  return made;
}
