import { useMutation } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { send } from "../api/http";
import { queries } from "../api/queries";
import { useNotice } from "../app/useNotice";
import type { FlowActivated } from "../contract";

/** Stops a flow: it answers nothing from now on; runs that wait go on. */
export function useStop() {
  const { t } = useTranslation("publishing");
  const notice = useNotice();
  return useMutation({
    mutationFn: ({ flow }: { readonly flow: string; readonly name: string }) =>
      send<FlowActivated>("POST", `/flows/${flow}/deactivate`),
    onSuccess: (_, { name }) => {
      void queries.invalidateQueries({ queryKey: ["flows"] });
      notice.done(t("stopped", { name }));
    },
    onError: notice.failed,
  });
}
