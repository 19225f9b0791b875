import { IconChecks, IconLock, IconRobot, IconRoute } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import type { Me, StoredMessage, TeamSettings } from "../contract";
import classes from "./Inbox.module.css";
import { agentName } from "./people";
import { fullTime, timeOfDay } from "./times";

type Props = {
  readonly id: string;
  readonly message: StoredMessage;
  readonly isFollowing: boolean;
  readonly me: Me;
  readonly team: TeamSettings | null;
  readonly visitorName: string;
  readonly isMarked: boolean;
  readonly isSeen: boolean;
};

/** One message: whose it is, which run sent it, and for whose eyes it is. */
export function MessageBubble({ id, message, isFollowing, me, team, visitorName, isMarked, isSeen }: Props) {
  const { t, i18n } = useTranslation("inbox");
  const kind = message.kind ?? "message";
  const side = kind === "message" ? (message.author_kind === "visitor" ? "them" : "us") : kind;
  const agent = message.author === me.agent ? t("you") : agentName(team, message.author);
  const author = { visitor: visitorName, robot: team?.robot_name || t("robot"), agent }[message.author_kind];
  const isOwn = message.author === me.agent;
  const note = isOwn ? t("noteOwn") : t("noteOf", { name: author });
  const said = kind === "note" ? note : kind === "notice" ? t("notice") : author;
  return (
    <article
      className={classes.message}
      data-key={id}
      data-side={side}
      data-flow={Boolean(message.run) || undefined}
      data-following={isFollowing || undefined}
      data-marked={isMarked || undefined}
    >
      {!isFollowing && (
        <header className={classes.author}>
          {kind !== "message" && <IconLock size={13} aria-hidden />}
          {kind === "message" && message.author_kind === "robot" && <IconRobot size={14} aria-hidden />}
          <span>{said}</span>
          {message.run && (
            <Link href={`/runs/${message.run}`} className={classes.run ?? ""} title={t("openRun")}>
              <IconRoute size={13} aria-hidden /> {t("byFlow")}
            </Link>
          )}
        </header>
      )}
      <div className={classes.bubble}>
        <p className={classes.text}>{message.text}</p>
        <time className={classes.time} dateTime={message.at} title={fullTime(message.at, i18n.language)}>
          {timeOfDay(message.at, i18n.language)}
        </time>
      </div>
      {isSeen && (
        <p className={classes.seen}>
          <IconChecks size={14} aria-hidden /> {t("seen")}
        </p>
      )}
    </article>
  );
}
