import { useReactFlow, useStoreApi } from "@xyflow/react";
import { useCallback, useMemo } from "react";
import { useTranslation } from "react-i18next";
import { GRID, heightOf, WIDTH } from "../canvas/geometry";
import { NOTE_MARK } from "../canvas/boxes";
import type { FlowDefinition } from "../contract";
import { label, type NodeType } from "../graph/catalogue";
import type { Node, Place } from "../graph/definition";
import { freshId, named } from "../graph/naming";
import { placesOf } from "../graph/placing";
import { writeNote } from "./focusing";
import { announce } from "./useAnnounce";
import { useEditor } from "./useEditor";

type Point = { readonly x: number; readonly y: number };

/** Adds nodes and comments: where they are dropped, else in sight where there is room. */
export function useAdding() {
  const { t, i18n } = useTranslation("editor");
  const { definition, apply, selection } = useEditor();
  const taken = useMemo(() => placesTaken(definition), [definition]);
  const { screenToFlowPosition } = useReactFlow();
  const store = useStoreApi();

  const inSight = useCallback((): Point => {
    const { domNode } = store.getState();
    const area = domNode?.getBoundingClientRect();
    if (!area) return { x: 40, y: 80 };
    const middle = screenToFlowPosition({ x: area.x + area.width / 2, y: area.y + area.height / 2 });
    const [last] = [...selection];
    const beside = last === undefined ? undefined : definition.layout?.[last];
    const wanted = beside ? { x: beside[0] + WIDTH + 92, y: beside[1] } : { x: middle.x - WIDTH / 2, y: middle.y - 60 };
    return free(taken, wanted);
  }, [definition.layout, screenToFlowPosition, selection, store, taken]);

  const addNode = useCallback(
    (type: NodeType, at: Point = inSight()) => {
      const { id, name } = named(definition, type, i18n.language);
      const node: Node = { type: type.type, name, ...(BEGUN[type.type] ?? {}) };
      apply({ type: "add_node", id, node, at: [snapped(at.x), snapped(at.y)] }, undefined, [id]);
      announce(t("added", { name: label(type, i18n.language) }));
      return id;
    },
    [apply, definition, i18n.language, inSight, t],
  );

  const addNote = useCallback(() => {
    const at = inSight();
    const id = freshId(new Set(Object.keys(definition.comments ?? {})), "comment-1");
    apply({ type: "put_comment", id, comment: { text: "", at: [snapped(at.x), snapped(at.y)] } }, undefined, [NOTE_MARK + id]);
    writeNote(NOTE_MARK + id);
  }, [apply, definition.comments, inSight]);

  return { addNode, addNote };
}

/** What a node of the type begins with, so that little is left to fill in. */
const BEGUN: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  reply: { as: "robot", channel: "web" },
  wait: { seconds: 60 },
  assign_group: { method: "all", online: "any" },
  http_request: { method: "GET" },
};

export function snapped(number: number): number {
  return Math.round(number / GRID) * GRID;
}

/** Where boxes and comments stand. */
function placesTaken(definition: FlowDefinition): readonly Place[] {
  return [...placesOf(definition).values(), ...Object.values(definition.comments ?? {}).map(({ at }): Place => at)];
}

/** The wanted place, or one further down where no box stands. */
function free(taken: readonly (readonly [number, number])[], wanted: Point): Point {
  const height = heightOf(2, 3);
  const isTaken = ({ x, y }: Point) => taken.some(([left, top]) => Math.abs(left - x) < WIDTH && Math.abs(top - y) < height);
  let place = wanted;
  while (isTaken(place)) place = { x: place.x, y: place.y + height + GRID };
  return place;
}
