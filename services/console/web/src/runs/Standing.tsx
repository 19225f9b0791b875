import { Alert } from "@mantine/core";
import { IconBan, IconClockPause, IconEyeOff } from "@tabler/icons-react";
import type { TFunction } from "i18next";
import { useTranslation } from "react-i18next";
import type { RunEvent } from "./events";
import type { NodeName } from "./EventLine";
import { isWithheld } from "./timeline";
import { exact, relative } from "./times";
import { useNow } from "./useNow";
import { failure, WhatToDo } from "./WhatToDo";

/** How the run stands where that needs words: it waits, failed, was cancelled, or lost its personal data. */
export function Standing({ events, nodeName }: { readonly events: readonly RunEvent[]; readonly nodeName: NodeName }) {
  const { t, i18n } = useTranslation("runs");
  const now = useNow(1_000);
  const last = events.at(-1);
  return (
    <>
      {last?.type === "run.waiting.v1" && (
        <Alert color="yellow" variant="light" icon={<IconClockPause size={18} aria-hidden />} p="sm">
          {t("waitsUntil", {
            node: nodeName(last.node),
            outcomes: last.for.join(" / "),
            time: exact(last.until, i18n.language).slice(0, 19),
            relative: relative(last.until, now, i18n.language),
          })}{" "}
          {t("waitsHere")}
        </Alert>
      )}
      {last?.type === "run.failed.v1" && (
        <WhatToDo
          code={last.code}
          detail={last.detail}
          title={t("failedAt", { node: nodeName(last.node), why: failure(t, last.code, last.detail) })}
        />
      )}
      {last?.type === "run.cancelled.v1" && (
        <Alert color="gray" variant="light" icon={<IconBan size={18} aria-hidden />} p="sm">
          {cancelled(t, last.by, last.reason ?? "")}
        </Alert>
      )}
      {events.some(isWithheld) && (
        <Alert color="gray" variant="light" icon={<IconEyeOff size={18} aria-hidden />} p="sm">
          {t("allWithheld")}
        </Alert>
      )}
    </>
  );
}

function cancelled(t: TFunction<"runs">, by: string, reason: string): string {
  if (by === "flow") return t("event.cancelledByFlow");
  return reason === "" ? t("cancelledBy", { by }) : t("cancelledWhy", { by, reason });
}
