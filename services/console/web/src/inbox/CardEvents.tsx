import { useTranslation } from "react-i18next";
import { useTimeText } from "../app/useTimeText";
import type { VisitorCard } from "../contract";
import classes from "./Inbox.module.css";

/** What the visitor's pages tracked, the last first. */
export function CardEvents({ card }: { readonly card: VisitorCard }) {
  const { t } = useTranslation("inbox");
  const time = useTimeText();
  if (card.described === null) return null;
  const { events } = card.described;
  return (
    <section>
      <h3 className={classes.cardTitle}>{t("events")}</h3>
      {events.length === 0 && <p className={classes.faint}>{t("noEvents")}</p>}
      <ul className={classes.plain}>
        {events.map(({ event, count, last_at }) => (
          <li key={event} className={classes.event}>
            <span>{event}</span>
            <span className={classes.faint}>
              {t("times", { count })} · {time.ago(last_at)}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
