import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import type { ConversationSummary, Me } from "../contract";
import classes from "./Inbox.module.css";
import { nameOf } from "./listing";
import { Portrait } from "./Portrait";
import { shortTime } from "./times";

type Props = {
  readonly conversation: ConversationSummary;
  readonly me: Me;
  readonly now: number;
  readonly isOpen: boolean;
  readonly href: string;
  readonly onOpen: (href: string) => void;
};

/** One conversation of the list. */
export function ConversationRow({ conversation: one, me, now, isOpen, href }: Props) {
  const { t, i18n } = useTranslation("inbox");
  const unread = one.unread ?? 0;
  const name = one.name || t("anonymous", { name: nameOf(one) });
  const said = { visitor: "", robot: `${t("robot")}: `, agent: "↩ " }[one.last_author] ?? "";
  const isMine = one.assigned.includes(me.agent);
  return (
    <li>
      <Link
        href={href}
        data-row
        data-visitor={one.visitor}
        data-unread={unread > 0 || undefined}
        className={classes.row ?? ""}
        aria-current={isOpen ? "true" : undefined}
      >
        <Portrait visitor={one.visitor} name={nameOf(one)} isOnline={one.is_online ?? null} />
        <span className={classes.rowText}>
          <span className={classes.rowTop}>
            <span className={classes.rowName}>
              {name}
              {one.is_online && <span className={classes.unseen}> ({t("online")})</span>}
            </span>
            <time className={classes.faint} dateTime={one.last_at}>
              {shortTime(one.last_at, now, i18n.language)}
            </time>
          </span>
          <span className={classes.rowTop}>
            <span className={classes.rowSaid}>
              {said}
              {one.last_message}
            </span>
            {unread > 0 ? (
              <span className={classes.badge}>
                <span aria-hidden>{unread > 99 ? "99+" : unread}</span>
                <span className={classes.unseen}>{t("unreadCount", { count: unread })}</span>
              </span>
            ) : (
              isMine && one.assigned.length === 1 && <span className={classes.mine}>{t("mine")}</span>
            )}
          </span>
        </span>
      </Link>
    </li>
  );
}
