import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { get, withQuery } from "../api/http";
import type { Marks } from "../canvas/marks";
import type { HeatTaken } from "../contract";
import { edgeKey } from "../graph/definition";
import classes from "./Editor.module.css";
import { useEditor } from "./useEditor";

/** How often each edge was taken in the newest runs of the version, as marks for the canvas. */
export function useHeat(isShown: boolean): { readonly runs: number | undefined; readonly marks: Marks | undefined } {
  const { flow, base } = useEditor();
  const { data } = useQuery({
    queryKey: ["heat", flow, base],
    queryFn: () => get<HeatTaken>(withQuery(`/flows/${flow}/heat`, { version: base })),
    enabled: isShown && base !== null,
  });
  const marks = useMemo<Marks | undefined>(() => {
    if (!isShown || !data) return undefined;
    const most = Math.max(1, ...data.taken.map(({ runs }) => runs));
    const edges = data.taken.map(({ node, outcome, runs }) => [
      edgeKey(node, outcome),
      { className: classes["hot"] ?? "", label: String(runs), width: 1.5 + 5 * (runs / most) },
    ]);
    return { edges: Object.fromEntries(edges) };
  }, [isShown, data]);
  return { runs: isShown ? (data?.runs ?? (base === null ? 0 : undefined)) : undefined, marks };
}
