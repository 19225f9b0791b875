import { type EdgeProps, getSmoothStepPath, type InternalNode, useInternalNode } from "@xyflow/react";
import type { Wire } from "./boxes";
import { GRID, heightOf } from "./geometry";
import { Line } from "./Line";

/** An edge that leads back to the left, or to its own node: it passes beside the boxes, behind which nobody would see it. */
export function BackEdge(props: EdgeProps<Wire>) {
  const source = reach(useInternalNode(props.source));
  const target = reach(useInternalNode(props.target));
  const [path, x, y] = getSmoothStepPath({ ...props, centerY: between(source, target), offset: GRID, borderRadius: 12 });
  return <Line wire={props} path={path} label={[x, y]} />;
}

type Reach = readonly [top: number, bottom: number];

function reach(node: InternalNode | undefined): Reach {
  const top = node?.internals.positionAbsolute.y ?? 0;
  return [top, top + (node?.measured.height ?? heightOf(1, 1))];
}

/** Through the gap between both boxes; below them when they stand beside each other. */
function between([top, bottom]: Reach, [otherTop, otherBottom]: Reach): number {
  if (bottom + GRID < otherTop) return (bottom + otherTop) / 2;
  if (otherBottom + GRID < top) return (otherBottom + top) / 2;
  return Math.max(bottom, otherBottom) + GRID;
}
