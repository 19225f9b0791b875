import { type ReactFlowProps, SelectionMode, useReactFlow } from "@xyflow/react";
import { useMemo, useState } from "react";
import type { Box, Note, Wire } from "../canvas/boxes";
import { WIDTH } from "../canvas/geometry";
import { nodeType, type NodeType } from "../graph/catalogue";
import type { Linking } from "./linking";
import { DRAGGED } from "./Toolbar";
import { useConnecting } from "./useConnecting";
import { useEditor } from "./useEditor";
import { useLatest } from "../canvas/useLatest";
import { useMoving } from "./useMoving";

export type FlowProps = Partial<ReactFlowProps<Box | Note, Wire>>;
export type Adding = (type: NodeType, at: { readonly x: number; readonly y: number }) => void;

/**
 * What makes a canvas one that can be edited. The handlers never change: React Flow tells each box and edge of every
 * one that does, and while a box is dragged that is the difference between smooth and not.
 */
export function useFlowProps(linking: Linking, onAdd: Adding) {
  const editor = useEditor();
  const { isReadOnly } = editor;
  const { screenToFlowPosition } = useReactFlow();
  const latest = useLatest({ ...editor, ...useConnecting(linking), onAdd });
  const { moving, onNodesChange, drop } = useMoving();
  const [isConnecting, setConnecting] = useState(false);
  const flow = useMemo<FlowProps>(
    () => ({
      nodesDraggable: !isReadOnly,
      nodesConnectable: !isReadOnly,
      snapToGrid: true,
      selectionMode: SelectionMode.Partial,
      connectionRadius: 28,
      onNodesChange,
      onEdgesChange: (changes) => {
        const chosen = changes.filter((change) => change.type === "select");
        if (chosen.length > 0) latest.current.choose(chosen);
      },
      onNodeDragStop: drop,
      onSelectionDragStop: drop,
      isValidConnection: ({ target }) => latest.current.definition.nodes[target]?.["type"] !== "start",
      onConnect: ({ source, sourceHandle, target }) => latest.current.connect(source, outcomeOf(sourceHandle), target),
      onConnectStart: () => setConnecting(true),
      onConnectEnd: (event, { fromNode, fromHandle, isValid }) => {
        setConnecting(false);
        // Dropped on the box itself and not on its triangle, it is meant all the same.
        const under = event.target instanceof Element ? boxAt(event.target) : undefined;
        if (!isValid && fromNode && under && under !== fromNode.id) {
          latest.current.connect(fromNode.id, outcomeOf(fromHandle?.id), under);
        }
      },
      onNodeClick: (_, node) => void latest.current.accept(node.id),
      onNodeDoubleClick: (_, node) => node.type === "box" && latest.current.openPanel(node.id),
      onPaneClick: () => linking.set(null),
      onDragOver: (event) => {
        if (event.dataTransfer.types.includes(DRAGGED)) event.preventDefault();
      },
      onDrop: (event) => {
        const type = nodeType(event.dataTransfer.getData(DRAGGED));
        if (!type) return;
        event.preventDefault();
        const { x, y } = screenToFlowPosition({ x: event.clientX, y: event.clientY });
        latest.current.onAdd(type, { x: x - WIDTH / 2, y: y - 24 });
      },
    }),
    [drop, isReadOnly, latest, linking, onNodesChange, screenToFlowPosition],
  );
  return { flow, moving, isConnecting };
}

/** The outcome of a triangle on the right: `out <OUTCOME>`. */
function outcomeOf(handle: string | null | undefined): string {
  return (handle ?? "").slice("out ".length);
}

function boxAt(element: Element): string | undefined {
  return element.closest<HTMLElement>(".react-flow__node")?.dataset["id"];
}
