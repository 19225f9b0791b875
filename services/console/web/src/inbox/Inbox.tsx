import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useLocation, useSearch } from "wouter";
import { useMe } from "../api/useMe";
import { useTeam } from "../runs/useNames";
import { Card } from "./Card";
import { Conversation } from "./Conversation";
import classes from "./Inbox.module.css";
import { ListPane } from "./ListPane";
import { useCard } from "./useCard";

/** Conversations, the one that is open, and who it is with: three panes, or one at a time where there is little room. */
export default function Inbox({ visitor }: { readonly visitor: string | null }) {
  const { t } = useTranslation("inbox");
  const { data: me } = useMe();
  const search = useSearch();
  const [, navigate] = useLocation();
  const [hasCard, setCard] = useState(false);
  if (!me) return null;
  return (
    <div className={classes.panes} data-open={visitor !== null || undefined} data-card={hasCard || undefined}>
      <h1 className={classes.unseen}>{t("title")}</h1>
      <ListPane me={me} visitor={visitor} />
      {visitor === null ? (
        <div className={classes.nothing}>
          <p className={classes.strong}>{t("choose")}</p>
          <p>{t("chooseHint")}</p>
        </div>
      ) : (
        <Opened
          key={visitor}
          visitor={visitor}
          onBack={() => navigate(`/inbox${withoutAt(search)}`)}
          onCard={() => setCard((is) => !is)}
          onCardClosed={() => setCard(false)}
        />
      )}
    </div>
  );
}

type OpenedProps = {
  readonly visitor: string;
  readonly onBack: () => void;
  readonly onCard: () => void;
  readonly onCardClosed: () => void;
};

function Opened({ visitor, onBack, onCard, onCardClosed }: OpenedProps) {
  const card = useCard(visitor);
  const { data: team } = useTeam();
  const { data: me } = useMe();
  const at = Number(new URLSearchParams(useSearch()).get("at")) || null;
  if (!me) return null;
  return (
    <>
      <Conversation
        visitor={visitor}
        around={at}
        me={me}
        team={team ?? null}
        card={card.data ?? null}
        onBack={onBack}
        onCard={onCard}
      />
      <Card visitor={visitor} me={me} team={team ?? null} query={card} onClose={onCardClosed} />
    </>
  );
}

function withoutAt(search: string): string {
  const query = new URLSearchParams(search);
  query.delete("at");
  return query.size ? `?${query}` : "";
}
