import { ActionIcon, Tooltip } from "@mantine/core";
import { IconArrowLeft, IconUserCircle } from "@tabler/icons-react";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { Me, TeamSettings, VisitorCard } from "../contract";
import { AssignMenu } from "./AssignMenu";
import { cardName } from "./cardFacts";
import { Composer } from "./Composer";
import classes from "./Inbox.module.css";
import { nameOf } from "./listing";
import { Portrait } from "./Portrait";
import { Timeline } from "./Timeline";
import { useHistory } from "./useHistory";
import { useOutbox } from "./useOutbox";
import { useTyping } from "./useTyping";

type Props = {
  readonly visitor: string;
  readonly around: number | null;
  readonly me: Me;
  readonly team: TeamSettings | null;
  readonly card: VisitorCard | null;
  readonly onBack: () => void;
  readonly onCard: () => void;
};

/** One conversation: who it is with, what was said, and what is being written. */
export function Conversation({ visitor, around, me, team, card, onBack, onCard }: Props) {
  const { t } = useTranslation("inbox");
  const { outbox, waiting } = useOutbox(me.agent);
  const { history, shown } = useHistory(visitor, around, me.agent, outbox);
  const { isTyping, readUpTo } = useTyping(visitor);
  const outgoing = useMemo(() => waiting.filter((one) => one.visitor === visitor), [waiting, visitor]);
  const known = cardName(card);
  const name = known || t("anonymous", { name: nameOf({ visitor }) });
  return (
    <section className={classes.conversation} aria-label={name}>
      <header className={classes.head}>
        <ActionIcon className={classes.narrow ?? ""} variant="subtle" color="gray" aria-label={t("back")} onClick={onBack}>
          <IconArrowLeft size={20} aria-hidden />
        </ActionIcon>
        <Portrait visitor={visitor} name={nameOf({ visitor, name: known })} isOnline={card?.is_online ?? null} />
        <div className={classes.headText}>
          <h2 className={classes.headName}>{name}</h2>
          <p className={classes.faint}>
            {card?.is_online != null && t(card.is_online ? "online" : "offline")}
            {card?.profile?.page_title && ` · ${card.profile.page_title}`}
          </p>
        </div>
        <AssignMenu visitor={visitor} me={me} team={team} assigned={card?.profile?.assigned ?? []} />
        <Tooltip label={t("card")}>
          <ActionIcon className={classes.toCard ?? ""} variant="subtle" color="gray" size={34} aria-label={t("card")} onClick={onCard}>
            <IconUserCircle size={22} stroke={1.6} aria-hidden />
          </ActionIcon>
        </Tooltip>
      </header>
      <Timeline
        history={history}
        shown={shown}
        outgoing={outgoing}
        outbox={outbox}
        around={around}
        me={me}
        team={team}
        visitorName={name}
        isTyping={isTyping}
        readUpTo={readUpTo}
      />
      <Composer key={visitor} visitor={visitor} name={name} outbox={outbox} />
    </section>
  );
}
