import { ApiError, get, send } from "../api/http";
import type { Draft } from "../contract";
import { discardDraft } from "./discard";
import type { DraftStore } from "./session";

/** The service's place for this person's draft of the flow. */
export function draftStore(flow: string): DraftStore {
  const path = `/flows/${flow}/draft`;
  return {
    load: async () => {
      try {
        return await get<Draft>(path);
      } catch (error) {
        if (error instanceof ApiError && error.status === 404) return null;
        throw error;
      }
    },
    save: (draft) => send<Draft>("PUT", path, draft),
    discard: () => discardDraft(flow),
  };
}
