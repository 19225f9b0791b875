import { useMemo } from "react";
import { useEditor } from "../editor/useEditor";
import { useFlows } from "../flows/useFlows";
import { equal } from "../graph/definition";
import { diff } from "../graph/diff";
import { useVersion } from "./useVersion";

/** Where the flow that is edited stands. */
export type Standing = {
  /** The version that answers now. */
  readonly active: number | null;
  /** Whether there is something to publish. */
  readonly isChanged: boolean;
  /** Whether boxes or comments stand elsewhere than in the version, which makes no other version of it. */
  readonly isMoved: boolean;
};

export function useStanding(): Standing {
  const { flow, definition, base } = useEditor();
  const active = useFlows().data?.flows.find((summary) => summary.flow === flow)?.active ?? null;
  const before = useVersion(flow, base).data?.definition;
  const isChanged = useMemo(() => base === null || (before !== undefined && !diff(before, definition).isEmpty), [
    base,
    before,
    definition,
  ]);
  const isMoved =
    before !== undefined &&
    !(equal(before.layout ?? {}, definition.layout ?? {}) && equal(before.comments ?? {}, definition.comments ?? {}));
  return { active, isChanged: isChanged || (active !== null && active !== base), isMoved };
}
