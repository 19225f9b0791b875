import { useMemo } from "react";
import { useEditor } from "../editor/useEditor";
import { useFlows } from "../flows/useFlows";
import { diff } from "../graph/diff";
import { useVersion } from "./useVersion";

/** Where the flow that is edited stands: the version that answers now, and whether there is something to publish. */
export type Standing = { readonly active: number | null; readonly isChanged: boolean };

export function useStanding(): Standing {
  const { flow, definition, base } = useEditor();
  const active = useFlows().data?.flows.find((summary) => summary.flow === flow)?.active ?? null;
  const before = useVersion(flow, base).data?.definition;
  const isChanged = useMemo(() => base === null || (before !== undefined && !diff(before, definition).isEmpty), [
    base,
    before,
    definition,
  ]);
  return { active, isChanged: isChanged || (active !== null && active !== base) };
}
