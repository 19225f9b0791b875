import { useMutation } from "@tanstack/react-query";
import { queries } from "../api/queries";
import type { FlowDefinition } from "../contract";
import { currentSession } from "../drafts/useDraftSession";
import { useEditor } from "../editor/useEditor";
import { diff } from "../graph/diff";
import { type Published, publish } from "./publish";

export type Publication = {
  readonly definition: FlowDefinition;
  readonly base: number | null;
  readonly activate: boolean;
};

/** Publishes what is edited; then the draft is no draft any more. */
export function usePublish() {
  const { flow, rebase } = useEditor();
  return useMutation({
    mutationFn: attempt,
    onSuccess: async (published, { definition }) => {
      if (published.type !== "published") return;
      const { version } = published.pushed;
      await currentSession(flow)?.published(definition, version);
      rebase(version);
      void queries.invalidateQueries({ queryKey: ["flows"] });
      void queries.invalidateQueries({ queryKey: ["flow", flow] });
      void queries.invalidateQueries({ queryKey: ["history", flow] });
    },
  });
}

/** Somebody who published the very same is nobody to have a conflict with: another tab of one's own, most often. */
async function attempt({ definition, base, activate }: Publication): Promise<Published> {
  const published = await publish(definition, base, activate);
  if (published.type !== "conflict") return published;
  const { theirs } = published.conflict;
  return diff(theirs.definition, definition).isEmpty ? publish(definition, theirs.version, activate) : published;
}
