import { type EdgeProps, getBezierPath } from "@xyflow/react";
import { memo } from "react";
import { BackEdge } from "./BackEdge";
import type { Wire } from "./boxes";
import { Line } from "./Line";

/** From an outcome to the next node. */
export const FlowEdge = memo(function FlowEdge(props: EdgeProps<Wire>) {
  if (props.targetX < props.sourceX) return <BackEdge {...props} />;
  const { sourceX, sourceY, targetX, targetY, sourcePosition, targetPosition } = props;
  const [path, x, y] = getBezierPath({ sourceX, sourceY, targetX, targetY, sourcePosition, targetPosition });
  return <Line wire={props} path={path} label={[x, y]} />;
});
