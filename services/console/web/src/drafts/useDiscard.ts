import { useMutation } from "@tanstack/react-query";
import { get } from "../api/http";
import { useNotice } from "../app/useNotice";
import type { FlowVersion } from "../contract";
import { useEditor } from "../editor/useEditor";
import { becoming } from "./becoming";
import { currentSession } from "./useDraftSession";

/** Throws the draft away: the editor shows the version of this number again. */
export function useDiscard() {
  const { flow, definition, apply } = useEditor();
  const notice = useNotice();
  return useMutation({
    mutationFn: (version: number) => get<FlowVersion>(`/flows/${flow}?version=${version}`),
    onSuccess: async (found) => {
      const change = becoming(definition, found.definition);
      await currentSession(flow)?.abandon(found.definition, found.version);
      apply(change);
    },
    onError: notice.failed,
  });
}
