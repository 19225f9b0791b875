import "@xyflow/react/dist/base.css";
import { Background, BackgroundVariant, type EdgeTypes, type NodeTypes, ReactFlow, type ReactFlowProps } from "@xyflow/react";
import { type KeyboardEvent, type ReactNode, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { FlowDefinition } from "../contract";
import { BoxNode } from "./BoxNode";
import { type Box, boxesOf, emptyCache, linesBetween, type Note, type Wire } from "./boxes";
import { CanvasControls, FIT } from "./CanvasControls";
import { Distance } from "./Distance";
import { FlowEdge } from "./FlowEdge";
import { Follow } from "./Follow";
import { NoteNode } from "./NoteNode";
import classes from "./FlowCanvas.module.css";
import { GRID } from "./geometry";
import type { Marks, Trouble } from "./marks";
import { useLatest } from "./useLatest";

const NODE_TYPES: NodeTypes = { box: BoxNode, note: NoteNode };
const EDGE_TYPES: EdgeTypes = { flow: FlowEdge };
const SNAP: [number, number] = [GRID, GRID];
/** From so many nodes on only those in sight are drawn: then a keyboard reaches the others by search and along edges. */
const MANY = 60;

export type FlowCanvasProps = {
  readonly definition: FlowDefinition;
  /** What sets nodes and edges off: classes of the caller's stylesheet, badges, labels, widths. */
  readonly marks?: Marks | undefined;
  /** What is wrong, by node. */
  readonly troubles?: Readonly<Record<string, Trouble>> | undefined;
  /** Ids of nodes and `node OUTCOME` of edges. */
  readonly selected?: ReadonlySet<string> | undefined;
  readonly moving?: Readonly<Record<string, readonly [number, number]>> | undefined;
  /** The node that the canvas moves into sight whenever this changes. */
  readonly focus?: string | null | undefined;
  readonly label?: string;
  readonly hasMinimap?: boolean;
  /** By a click, or Enter on the node. */
  readonly onNodeClick?: (id: string) => void;
  readonly onEdgeClick?: (key: string) => void;
  /** What an editor adds; without it the canvas only shows. */
  readonly flow?: Partial<ReactFlowProps<Box | Note, Wire>>;
  /** Inside the canvas, over the boxes. */
  readonly children?: ReactNode;
};

/** A flow as boxes and edges. Fills its parent, which needs a height. */
export function FlowCanvas(props: FlowCanvasProps) {
  const { definition, marks, troubles, selected, moving, onNodeClick, onEdgeClick, flow, children } = props;
  const { t, i18n } = useTranslation("canvas");
  const cache = useRef(emptyCache());
  // A box that is put onto an empty canvas stays where it was put.
  const [hadBoxes] = useState(() => Object.keys(definition.nodes).length > 0);
  const drawn = { definition, marks, troubles, selected, moving, language: i18n.language };
  const parts = [definition, marks, troubles, selected, moving, i18n.language];
  const nodes = useMemo(() => boxesOf(drawn, cache.current), parts);
  const edges = useMemo(() => linesBetween(drawn, cache.current), [definition, marks, selected]);
  const latest = useLatest({ onNodeClick, onEdgeClick });
  // Handlers that never change: each one that does has every box and edge drawn again.
  const clicks = useMemo<Partial<ReactFlowProps<Box | Note, Wire>>>(
    () => ({
      onNodeClick: (_, node) => latest.current.onNodeClick?.(node.id),
      onEdgeClick: (_, edge) => latest.current.onEdgeClick?.(edge.id),
    }),
    [latest],
  );
  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>) => {
    const id = event.key === "Enter" && event.target instanceof HTMLElement ? event.target.dataset["id"] : undefined;
    if (id && onNodeClick) onNodeClick(id);
  };
  return (
    <div className={classes["canvas"]} onKeyDown={flow ? undefined : onKeyDown}>
      <ReactFlow<Box | Note, Wire>
        nodes={nodes}
        edges={edges}
        nodeTypes={NODE_TYPES}
        edgeTypes={EDGE_TYPES}
        aria-label={props.label ?? t("canvas")}
        fitView={hadBoxes}
        fitViewOptions={FIT}
        minZoom={0.1}
        maxZoom={2}
        snapGrid={SNAP}
        onlyRenderVisibleElements={nodes.length > MANY}
        nodesDraggable={false}
        nodesConnectable={false}
        edgesFocusable={flow !== undefined || onEdgeClick !== undefined}
        elementsSelectable={flow !== undefined || onNodeClick !== undefined || onEdgeClick !== undefined}
        disableKeyboardA11y
        deleteKeyCode={null}
        connectOnClick={false}
        zoomOnDoubleClick={false}
        elevateEdgesOnSelect
        {...clicks}
        {...flow}
      >
        <Background variant={BackgroundVariant.Dots} gap={GRID} size={1.2} color="var(--canvas-dot)" bgColor="transparent" />
        <CanvasControls hasMinimap={props.hasMinimap ?? false} />
        <Distance />
        <Follow node={props.focus ?? null} />
        {children}
      </ReactFlow>
    </div>
  );
}
