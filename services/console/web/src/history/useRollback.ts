import { useMutation } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { send } from "../api/http";
import { queries } from "../api/queries";
import { useNotice } from "../app/useNotice";
import type { FlowActivated } from "../contract";

/** Lets another version of the flow answer from now on; `onBack` hears which. */
export function useRollback(flow: string, onBack?: (version: number) => void) {
  const { t } = useTranslation("history");
  const notice = useNotice();
  return useMutation({
    mutationFn: (version: number) => send<FlowActivated>("POST", `/flows/${flow}/activate`, { version }),
    onSuccess: (_, version) => {
      void queries.invalidateQueries({ queryKey: ["flows"] });
      void queries.invalidateQueries({ queryKey: ["history", flow] });
      notice.done(t("rolledBack", { version }));
      onBack?.(version);
    },
    onError: notice.failed,
  });
}
