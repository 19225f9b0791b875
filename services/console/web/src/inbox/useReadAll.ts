import { useCallback } from "react";
import { send } from "../api/http";
import { queries } from "../api/queries";
import { useNotice } from "../app/useNotice";
import type { ReadUpTo } from "../contract";
import { recount } from "./useUnread";

/** Say that everything up to that place is seen. */
export function useReadAll(): (seq: number) => void {
  const notice = useNotice();
  return useCallback(
    (seq) => {
      send<ReadUpTo>("PUT", "/conversations/read", { seq }).then(() => {
        void queries.invalidateQueries({ queryKey: ["conversations"] });
        recount();
      }, notice.failed);
    },
    [notice],
  );
}
