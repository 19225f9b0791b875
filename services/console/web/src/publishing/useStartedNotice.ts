import { useTranslation } from "react-i18next";
import { queries } from "../api/queries";
import { useNotice } from "../app/useNotice";
import type { Flows } from "../contract";
import { start } from "./publish";

/** Says that a flow is started, and which one stopped for it; that one can be started again at once. */
export function useStartedNotice(): (name: string, replaced: string | null | undefined) => void {
  const { t } = useTranslation("publishing");
  const notice = useNotice();
  const tell = (name: string, replaced: string | null | undefined): void => {
    if (!replaced) return notice.done(t("started", { name }));
    const other = nameOf(replaced);
    const again = () => {
      const begun = start(replaced).then((activated) => {
        void queries.invalidateQueries({ queryKey: ["flows"] });
        tell(other, activated.replaced);
      });
      begun.catch(notice.failed);
    };
    notice.done(t("startedInstead", { name, other }), { word: t("startAgain", { name: other }), take: again });
  };
  return tell;
}

function nameOf(flow: string): string {
  const flows = queries.getQueryData<Flows>(["flows"])?.flows ?? [];
  return flows.find((summary) => summary.flow === flow)?.name ?? flow;
}
