import { CloseButton, Select } from "@mantine/core";
import { IconHistory } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { LoadState } from "../app/LoadState";
import type { Me, TeamSettings, VisitorCard } from "../contract";
import { CardEvents } from "./CardEvents";
import { cardName } from "./cardFacts";
import { CardProfile } from "./CardProfile";
import { CardSegments } from "./CardSegments";
import classes from "./Inbox.module.css";
import { nameOf } from "./listing";
import { Portrait } from "./Portrait";
import { useChanging } from "./useChanging";
import type { useCard } from "./useCard";

type Props = {
  readonly visitor: string;
  readonly me: Me;
  readonly team: TeamSettings | null;
  readonly query: ReturnType<typeof useCard>;
  readonly onClose: () => void;
};

/** Who the visitor is, where they are, what they did, and the ways to their runs. */
export function Card({ visitor, team, query, onClose }: Props) {
  const { t } = useTranslation("inbox");
  const card = query.data ?? null;
  const known = cardName(card);
  return (
    <aside className={classes.card} aria-label={t("card")}>
      <CloseButton className={classes.closeCard ?? ""} aria-label={t("closeCard")} onClick={onClose} />
      <div className={classes.cardTop}>
        <Portrait visitor={visitor} name={nameOf({ visitor, name: known })} isOnline={card?.is_online ?? null} />
        <h2 className={classes.headName}>{known || t("anonymous", { name: nameOf({ visitor }) })}</h2>
      </div>
      {card === null ? (
        <LoadState query={query} />
      ) : (
        <>
          <CustomerType visitor={visitor} card={card} team={team} />
          <CardProfile card={card} team={team} />
          <CardSegments card={card} />
          <CardEvents card={card} />
          <Linked visitors={card.profile?.linked ?? []} />
          <Link href={`/visitors/${visitor}`} className={classes.toRuns ?? ""}>
            <IconHistory size={16} aria-hidden /> {t("runs")}
          </Link>
        </>
      )}
    </aside>
  );
}

type TypeProps = { readonly visitor: string; readonly card: VisitorCard; readonly team: TeamSettings | null };

function CustomerType({ visitor, card, team }: TypeProps) {
  const { t } = useTranslation("inbox");
  const changing = useChanging(visitor);
  const types = team?.customer_types ?? [];
  if (types.length === 0) return null;
  return (
    <Select
      size="xs"
      label={t("convert")}
      placeholder={t("noType")}
      disabled={changing.isPending}
      allowDeselect={false}
      data={types.map(({ id, name }) => ({ value: id, label: name || id }))}
      value={card.profile?.customer_type ?? null}
      onChange={(kind) => kind && changing.mutate({ path: "customer-type", body: { customer_type: kind } })}
    />
  );
}

function Linked({ visitors }: { readonly visitors: readonly string[] }) {
  const { t } = useTranslation("inbox");
  if (visitors.length === 0) return null;
  return (
    <section>
      <h3 className={classes.cardTitle} title={t("linkedHint")}>
        {t("linked")}
      </h3>
      <ul className={classes.plain}>
        {visitors.map((visitor) => (
          <li key={visitor}>
            <Link href={`/inbox/${visitor}`} className={classes.link ?? ""}>
              {t("anonymous", { name: nameOf({ visitor }) })}
            </Link>
          </li>
        ))}
      </ul>
    </section>
  );
}
