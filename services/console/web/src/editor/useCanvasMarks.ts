import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { Marks, NodeMark } from "../canvas/marks";
import { useHeat } from "./useHeat";
import { useWaiting } from "./useWaiting";

/** Where runs wait now, and, when asked for, how often each edge was taken. */
export function useCanvasMarks(hasHeat: boolean): { readonly marks: Marks; readonly runs: number | undefined } {
  const { t } = useTranslation("editor");
  const waiting = useWaiting();
  const heat = useHeat(hasHeat);
  const nodes = useMemo(() => {
    const badges = Object.entries(waiting).map(([id, count]): [string, NodeMark] => [id, { badge: t("waitingBadge", { count }) }]);
    return Object.fromEntries(badges);
  }, [waiting, t]);
  const marks = useMemo<Marks>(() => ({ nodes, ...(heat.marks?.edges ? { edges: heat.marks.edges } : {}) }), [nodes, heat.marks]);
  return { marks, runs: heat.runs };
}
