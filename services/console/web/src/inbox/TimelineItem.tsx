import { memo } from "react";
import { useTranslation } from "react-i18next";
import type { Me, TeamSettings } from "../contract";
import classes from "./Inbox.module.css";
import { MessageBubble } from "./MessageBubble";
import type { Outbox } from "./outbox";
import { OutgoingBubble } from "./OutgoingBubble";
import type { Item } from "./timeline";
import { daysAgo, longDay } from "./times";

type Props = {
  readonly item: Item;
  readonly now: number;
  readonly me: Me;
  readonly team: TeamSettings | null;
  readonly visitorName: string;
  readonly outbox: Outbox;
  readonly isMarked: boolean;
  readonly isSeen: boolean;
};

/** One thing of a conversation: drawn anew only when it changes, or at midnight. */
export const TimelineItem = memo(
  function TimelineItem({ item, now, me, team, visitorName, outbox, isMarked, isSeen }: Props) {
    const { t, i18n } = useTranslation("inbox");
    switch (item.type) {
      case "day": {
        const ago = daysAgo(item.at, now);
        const said = ago === 0 ? t("today") : ago === 1 ? t("yesterday") : longDay(item.at, i18n.language);
        return (
          <div className={classes.day} data-key={item.key}>
            <h3>{said}</h3>
          </div>
        );
      }
      case "unread":
        return (
          <div className={classes.newBelow} data-key={item.key}>
            {t("newBelow")}
          </div>
        );
      case "message":
        return (
          <MessageBubble
            id={item.key}
            message={item.message}
            isFollowing={item.isFollowing}
            me={me}
            team={team}
            visitorName={visitorName}
            isMarked={isMarked}
            isSeen={isSeen}
          />
        );
      case "outgoing":
        return <OutgoingBubble id={item.key} outgoing={item.outgoing} outbox={outbox} />;
    }
  },
  (before, after) =>
    sameItem(before.item, after.item) &&
    before.team === after.team &&
    before.visitorName === after.visitorName &&
    before.isMarked === after.isMarked &&
    before.isSeen === after.isSeen &&
    (after.item.type !== "day" || daysAgo(after.item.at, before.now) === daysAgo(after.item.at, after.now)),
);

function sameItem(before: Item, after: Item): boolean {
  if (before.type === "message" && after.type === "message") {
    return before.message === after.message && before.isFollowing === after.isFollowing;
  }
  return before.type === "outgoing" || after.type === "outgoing" ? before === after : before.key === after.key;
}
