import { IconAlertTriangle, IconBan, IconClockPause, IconEyeOff } from "@tabler/icons-react";
import type { TFunction } from "i18next";
import { useTranslation } from "react-i18next";
import type { RunEvent } from "./events";
import type { NodeName } from "./EventLine";
import { Note } from "./Note";
import { isWithheld } from "./timeline";
import { exact, relative } from "./times";
import { useNow } from "./useNow";
import { failure, WayOut } from "./WhatToDo";

/** How the run stands where that needs words: it waits, failed, was cancelled, or lost its personal data. */
export function Standing({ events, nodeName }: { readonly events: readonly RunEvent[]; readonly nodeName: NodeName }) {
  const { t, i18n } = useTranslation("runs");
  const now = useNow(1_000);
  const last = events.at(-1);
  return (
    <>
      {last?.type === "run.waiting.v1" && (
        <Note tone="waiting" Icon={IconClockPause} kind="waiting">
          <p>
            {t("waitsUntil", {
              node: nodeName(last.node),
              outcomes: last.for.join(" / "),
              time: exact(last.until, i18n.language).slice(0, 19),
              relative: relative(last.until, now, i18n.language),
            })}{" "}
            {t("waitsHere")}
          </p>
        </Note>
      )}
      {last?.type === "run.failed.v1" && (
        <Note
          tone="bad"
          Icon={IconAlertTriangle}
          kind="failed"
          title={t("failedAt", { node: nodeName(last.node), why: failure(t, last.code, last.detail) })}
        >
          <WayOut code={last.code} detail={last.detail} />
        </Note>
      )}
      {last?.type === "run.cancelled.v1" && (
        <Note tone="quiet" Icon={IconBan} kind="cancelled">
          <p>{cancelled(t, last.by, last.reason ?? "")}</p>
        </Note>
      )}
      {events.some(isWithheld) && (
        <Note tone="quiet" Icon={IconEyeOff} kind="withheld">
          <p>{t("allWithheld")}</p>
        </Note>
      )}
    </>
  );
}

function cancelled(t: TFunction<"runs">, by: string, reason: string): string {
  if (by === "flow") return t("event.cancelledByFlow");
  return reason === "" ? t("cancelledBy", { by }) : t("cancelledWhy", { by, reason });
}
