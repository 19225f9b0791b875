import { Button } from "@mantine/core";
import { IconAlertTriangle, IconClock, IconLock } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { useLive } from "../api/live";
import classes from "./Inbox.module.css";
import type { Outbox } from "./outbox";
import type { Outgoing } from "./outgoing";
import { keep, load } from "./stored";

type Props = { readonly id: string; readonly outgoing: Outgoing; readonly outbox: Outbox };

/** A message on its way; what was refused can be sent again, or taken back. */
export function OutgoingBubble({ id, outgoing, outbox }: Props) {
  const { t } = useTranslation("inbox");
  const { link } = useLive();
  const isNote = outgoing.kind === "note";
  const takeBack = (): void => {
    const name = `frontdesk.writing.${outgoing.visitor}.${outgoing.kind}`;
    const written = load(name, (value) => (typeof value === "string" ? value : null));
    keep(name, [outbox.discard(outgoing.id), written].filter(Boolean).join("\n"));
    window.dispatchEvent(new Event("frontdesk.writing"));
  };
  return (
    <article className={classes.message} data-key={id} data-side={isNote ? "note" : "us"} data-outgoing>
      <div className={classes.bubble}>
        {isNote && <IconLock size={13} aria-hidden />}
        <p className={classes.text}>{outgoing.text}</p>
      </div>
      {outgoing.refused === null ? (
        <p className={classes.seen} role="status">
          <IconClock size={13} aria-hidden /> {t(link === "up" ? "sending" : "waiting")}
        </p>
      ) : (
        <div className={classes.refused} role="alert">
          <IconAlertTriangle size={14} aria-hidden />
          <span>{t("refused", { reason: outgoing.refused })}</span>
          <Button size="compact-xs" variant="light" color="red" onClick={() => outbox.retry(outgoing.id)}>
            {t("resend")}
          </Button>
          <Button size="compact-xs" variant="subtle" color="gray" onClick={takeBack}>
            {t("edit")}
          </Button>
        </div>
      )}
    </article>
  );
}
