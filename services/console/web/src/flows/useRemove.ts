import { useMutation } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { send } from "../api/http";
import { queries } from "../api/queries";
import { useNotice } from "../app/useNotice";
import type { FlowActivated } from "../contract";
import { discardDraft } from "../drafts/discard";
import type { Line } from "./listing";

/** Deletes a line's flow and the draft of it. */
export function useRemove() {
  const { t } = useTranslation("flows");
  const notice = useNotice();
  return useMutation({
    mutationFn: async (line: Line) => {
      if (line.versions > 0) await send<FlowActivated>("DELETE", `/flows/${line.flow}`);
      if (line.draft) await discardDraft(line.flow);
    },
    onSuccess: (_, line) => {
      void queries.invalidateQueries({ queryKey: ["flows"] });
      notice.done(t("deleted", { name: line.name }));
    },
    onError: notice.failed,
  });
}
