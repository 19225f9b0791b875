import { type NodeChange, type ReactFlowProps, SelectionMode, useReactFlow } from "@xyflow/react";
import { type DragEvent, type KeyboardEvent, useCallback, useMemo, useRef, useState } from "react";
import { type Box, type Note, NOTE_MARK, type Wire } from "../canvas/boxes";
import { FlowCanvas } from "../canvas/FlowCanvas";
import { WIDTH } from "../canvas/geometry";
import type { Marks } from "../canvas/marks";
import { type CanvasActions, CanvasActionsContext } from "../canvas/useCanvasActions";
import type { FlowDefinition } from "../contract";
import { type Change, together } from "../graph/change";
import { nodeType, type NodeType } from "../graph/catalogue";
import classes from "./Editor.module.css";
import { LinkLine } from "./LinkLine";
import { type Linking, useLink } from "./linking";
import { useTroubles } from "./ProblemsProvider";
import { DRAGGED } from "./Toolbar";
import { useConnecting } from "./useConnecting";
import { useEditor } from "./useEditor";
import { useLatest } from "./useLatest";

type Props = {
  readonly linking: Linking;
  readonly marks: Marks | undefined;
  readonly focus: string | null;
  readonly onAdd: (type: NodeType, at: { readonly x: number; readonly y: number }) => void;
  readonly onKeyDown: (event: KeyboardEvent<HTMLElement>) => void;
};

type Places = Readonly<Record<string, readonly [number, number]>>;
type FlowProps = Partial<ReactFlowProps<Box | Note, Wire>>;

/** The canvas on which the flow is edited. */
export function EditorCanvas({ linking, marks, focus, onAdd, onKeyDown }: Props) {
  const editor = useEditor();
  const { definition, selection, isReadOnly, apply, select, openPanel } = editor;
  const { screenToFlowPosition } = useReactFlow();
  const troubles = useTroubles();
  const connecting = useLatest(useConnecting(linking));
  const latest = useLatest(editor);
  const link = useLink(linking);
  const [moving, setMoving] = useState<Places>();
  const [isDragging, setDragging] = useState(false);
  const places = useRef<Places>({});

  const actions = useMemo<CanvasActions>(
    () => ({
      open: (id) => openPanel(id),
      link: (id, outcome) => connecting.current.begin(id, outcome),
      accept: (id) => void connecting.current.accept(id),
      reword: (id, text) => {
        const comment = latest.current.definition.comments?.[id];
        if (comment && text !== null) apply({ type: "put_comment", id, comment: { ...comment, text } });
      },
    }),
    [apply, connecting, latest, openPanel],
  );

  const onNodesChange = useCallback(
    (changes: NodeChange<Box | Note>[]) => {
      const chosen = changes.filter((change) => change.type === "select");
      if (chosen.length > 0) select(withChosen(latest.current.selection, chosen));
      const moved = changes.flatMap((change) => (change.type === "position" && change.position ? [change] : []));
      if (moved.length === 0) return;
      places.current = { ...places.current, ...Object.fromEntries(moved.map(({ id, position }) => [id, [position?.x ?? 0, position?.y ?? 0]])) };
      setMoving(places.current);
    },
    [latest, select],
  );

  const flow: FlowProps = {
    nodesDraggable: !isReadOnly,
    nodesConnectable: !isReadOnly,
    snapToGrid: true,
    selectionMode: SelectionMode.Partial,
    connectionRadius: 28,
    onNodesChange,
    onEdgesChange: (changes) => {
      const chosen = changes.filter((change) => change.type === "select");
      if (chosen.length > 0) select(withChosen(latest.current.selection, chosen));
    },
    onNodeDragStop: () => drop(),
    onSelectionDragStop: () => drop(),
    isValidConnection: ({ target }) => definition.nodes[target]?.["type"] !== "start",
    onConnect: ({ source, sourceHandle, target }) => connecting.current.connect(source, (sourceHandle ?? "").slice(4), target),
    onConnectStart: () => setDragging(true),
    onConnectEnd: (event, { fromNode, fromHandle, isValid }) => {
      setDragging(false);
      const under = event.target instanceof Element ? event.target.closest<HTMLElement>(".react-flow__node")?.dataset["id"] : undefined;
      if (!isValid && fromNode && under && under !== fromNode.id) connecting.current.connect(fromNode.id, (fromHandle?.id ?? "").slice(4), under);
    },
    onNodeClick: (_, node) => void connecting.current.accept(node.id),
    onNodeDoubleClick: (_, node) => node.type === "box" && openPanel(node.id),
    onPaneClick: () => linking.set(null),
    onDragOver: (event: DragEvent) => {
      if (event.dataTransfer.types.includes(DRAGGED)) event.preventDefault();
    },
    onDrop: (event: DragEvent) => {
      const type = nodeType(event.dataTransfer.getData(DRAGGED));
      if (!type) return;
      event.preventDefault();
      const { x, y } = screenToFlowPosition({ x: event.clientX, y: event.clientY });
      onAdd(type, { x: x - WIDTH / 2, y: y - 24 });
    },
  };

  function drop(): void {
    const change = moveOf(latest.current.definition, places.current);
    places.current = {};
    setMoving(undefined);
    if (change) apply(change);
  }

  return (
    <CanvasActionsContext value={actions}>
      <div
        className={classes["canvas"]}
        data-linking={link !== null || isDragging || undefined}
        onKeyDown={onKeyDown}
      >
        <FlowCanvas
          definition={definition}
          marks={marks}
          troubles={troubles}
          selected={selection}
          moving={moving}
          focus={focus}
          hasMinimap
          flow={flow}
        >
          <LinkLine linking={linking} />
        </FlowCanvas>
      </div>
    </CanvasActionsContext>
  );
}

function withChosen(before: ReadonlySet<string>, changes: readonly { readonly id: string; readonly selected: boolean }[]): ReadonlySet<string> {
  const chosen = new Set(before);
  for (const { id, selected } of changes) {
    if (selected) chosen.add(id);
    else chosen.delete(id);
  }
  return chosen;
}

/** What keeps the boxes and comments where they were dropped; null when that is where they were. */
function moveOf({ comments }: FlowDefinition, places: Places): Change | null {
  const boxes = Object.entries(places).filter(([id]) => !id.startsWith(NOTE_MARK));
  const notes = Object.entries(places).flatMap(([key, at]): Change[] => {
    const id = key.slice(NOTE_MARK.length);
    const comment = key.startsWith(NOTE_MARK) ? comments?.[id] : undefined;
    return comment ? [{ type: "put_comment", id, comment: { ...comment, at: [at[0], at[1]] } }] : [];
  });
  const changes: Change[] = [...(boxes.length ? [{ type: "move", places: Object.fromEntries(boxes) } as const] : []), ...notes];
  return changes.length ? together(changes) : null;
}
