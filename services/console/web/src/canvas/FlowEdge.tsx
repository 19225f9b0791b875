import { BaseEdge, EdgeLabelRenderer, type EdgeProps, getBezierPath } from "@xyflow/react";
import { memo } from "react";
import type { Wire } from "./boxes";
import classes from "./FlowEdge.module.css";

/** From an outcome to the next node; black once it is chosen. */
export const FlowEdge = memo(function FlowEdge(props: EdgeProps<Wire>) {
  const { id, sourceX, sourceY, targetX, targetY, sourcePosition, targetPosition, selected, data } = props;
  const ends = { sourceX, sourceY, targetX, targetY, sourcePosition, targetPosition };
  const [path, labelX, labelY] = getBezierPath(ends);
  const mark = data?.className ?? "";
  return (
    <>
      <BaseEdge
        id={id}
        path={path}
        interactionWidth={18}
        className={`${classes["edge"]} ${selected ? classes["selected"] : ""} ${mark}`}
        style={data?.width ? { strokeWidth: data.width } : {}}
      />
      {data?.label && (
        <EdgeLabelRenderer>
          <div
            className={`${classes["label"]} ${mark}`}
            style={{ transform: `translate(-50%, -50%) translate(${labelX}px, ${labelY}px)` }}
          >
            {data.label}
          </div>
        </EdgeLabelRenderer>
      )}
    </>
  );
});
