import { lazy, Suspense, useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { Marks as CanvasMarks } from "../canvas/marks";
import type { FlowDefinition } from "../contract";
import { CanvasBoundary } from "./CanvasBoundary";
import type { Mark, Marks } from "./marks";
import { Missing } from "./Missing";
import classes from "./RunCanvas.module.css";

const FlowCanvas = lazy(() => import("../canvas/FlowCanvas").then(({ FlowCanvas: shown }) => ({ default: shown })));

type Props = {
  readonly definition: FlowDefinition;
  readonly marks: Marks;
  readonly focus?: string | null;
  readonly badge?: { readonly node: string; readonly text: string } | undefined;
  readonly onNodeClick?: (id: string) => void;
};

/** The flow that ran, with its paths set off. */
export function RunCanvas({ definition, marks, focus = null, badge, onNodeClick }: Props) {
  const { t } = useTranslation("runs");
  const drawn = useMemo(() => drawnMarks(definition, marks, badge), [definition, marks, badge]);
  return (
    <CanvasBoundary fallback={<Missing text={t("canvasFailed")} />}>
      <Suspense fallback={<Missing text="" />}>
        <FlowCanvas
          definition={definition}
          marks={drawn}
          focus={focus}
          label={t("canvas")}
          {...(onNodeClick ? { onNodeClick } : {})}
        />
      </Suspense>
    </CanvasBoundary>
  );
}

function drawnMarks(definition: FlowDefinition, marks: Marks, badge: Props["badge"]): CanvasMarks {
  const nodes = Object.keys(definition.nodes).map((id) => {
    const mark = marks.nodes[id];
    const text = badge?.node === id ? badge.text : times(mark);
    return [id, { className: (mark ? classes[mark.role] : classes["aside"]) ?? "", badge: text }] as const;
  });
  const edges = Object.entries(marks.edges).map(
    ([key, mark]) => [key, { className: classes[mark.role] ?? "", label: times(mark) }] as const,
  );
  return { nodes: Object.fromEntries(nodes), edges: Object.fromEntries(edges) };
}

/** How often, when that was more than once. */
function times(mark: Mark | undefined): string {
  return mark && mark.count > 1 ? `×${mark.count}` : "";
}
