import type { NodeChange } from "@xyflow/react";
import { useCallback, useRef, useState } from "react";
import { type Box, type Note, NOTE_MARK } from "../canvas/boxes";
import type { FlowDefinition } from "../contract";
import { type Change, together } from "../graph/change";
import { useEditor } from "./useEditor";
import { useLatest } from "../canvas/useLatest";

type Places = Readonly<Record<string, readonly [number, number]>>;

/** Where boxes are while they are dragged; the document hears of it once they are dropped. */
export function useMoving() {
  const { apply, choose, definition } = useEditor();
  const latest = useLatest(definition);
  const [moving, setMoving] = useState<Places>();
  const places = useRef<Places>({});

  const onNodesChange = useCallback(
    (changes: NodeChange<Box | Note>[]) => {
      const chosen = changes.filter((change) => change.type === "select");
      if (chosen.length > 0) choose(chosen);
      const moved = changes.flatMap((change) => {
        return change.type === "position" && change.position ? [[change.id, [change.position.x, change.position.y]]] : [];
      });
      if (moved.length === 0) return;
      places.current = { ...places.current, ...Object.fromEntries(moved) };
      setMoving(places.current);
    },
    [choose],
  );

  const drop = useCallback(() => {
    const change = moveOf(latest.current, places.current);
    places.current = {};
    setMoving(undefined);
    if (change) apply(change);
  }, [apply, latest]);

  return { moving, onNodesChange, drop };
}

/** What keeps the boxes and comments where they were dropped; null when nothing was moved. */
function moveOf({ comments }: FlowDefinition, places: Places): Change | null {
  const boxes = Object.entries(places).filter(([id]) => !id.startsWith(NOTE_MARK));
  const notes = Object.entries(places).flatMap(([key, at]): Change[] => {
    const id = key.slice(NOTE_MARK.length);
    const comment = key.startsWith(NOTE_MARK) ? comments?.[id] : undefined;
    return comment ? [{ type: "put_comment", id, comment: { ...comment, at: [at[0], at[1]] } }] : [];
  });
  const moves: Change[] = boxes.length ? [{ type: "move", places: Object.fromEntries(boxes) }, ...notes] : notes;
  return moves.length ? together(moves) : null;
}
