import { useReactFlow, ViewportPortal } from "@xyflow/react";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { middleOf, TIP, WIDTH } from "../canvas/geometry";
import { nameOf } from "../graph/definition";
import { outcomesOf } from "../graph/outcomes";
import classes from "./LinkLine.module.css";
import { type Linking, useLink } from "./linking";
import { useEditor } from "./useEditor";

/** The dashed line from a triangle that was clicked to the pointer, until a node is. */
export function LinkLine({ linking }: { readonly linking: Linking }) {
  const { t } = useTranslation("editor");
  const link = useLink(linking);
  const { definition } = useEditor();
  const { screenToFlowPosition, getNode } = useReactFlow();
  const [end, setEnd] = useState<{ x: number; y: number } | null>(null);
  useEffect(() => {
    if (!link) return;
    const follow = (event: PointerEvent) => setEnd(screenToFlowPosition({ x: event.clientX, y: event.clientY }));
    window.addEventListener("pointermove", follow);
    return () => {
      window.removeEventListener("pointermove", follow);
      setEnd(null);
    };
  }, [link, screenToFlowPosition]);
  const box = link ? getNode(link.node) : undefined;
  const node = link ? definition.nodes[link.node] : undefined;
  if (!link || !box || !node) return null;
  const x = box.position.x + WIDTH + TIP;
  const y = box.position.y + middleOf(Math.max(outcomesOf(node).indexOf(link.outcome), 0));
  const to = end ?? { x: x + 60, y };
  const bend = Math.max(Math.abs(to.x - x) / 2, 30);
  return (
    <>
      <ViewportPortal>
        <svg className={classes["line"]} aria-hidden>
          <path d={`M ${x},${y} C ${x + bend},${y} ${to.x - bend},${to.y} ${to.x},${to.y}`} />
        </svg>
      </ViewportPortal>
      <div className={classes["how"]}>{t("linking", { name: nameOf(definition, link.node), outcome: link.outcome })}</div>
    </>
  );
}
