import { BaseEdge, EdgeLabelRenderer, type EdgeProps } from "@xyflow/react";
import type { Wire } from "./boxes";
import classes from "./FlowEdge.module.css";

type Props = {
  readonly wire: Pick<EdgeProps<Wire>, "id" | "selected" | "data">;
  readonly path: string;
  /** Where its label stands. */
  readonly label: readonly [x: number, y: number];
};

/** The line of an edge, along this path; black once it is chosen. */
export function Line({ wire: { id, selected, data }, path, label: [labelX, labelY] }: Props) {
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
}
