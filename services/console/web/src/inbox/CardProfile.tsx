import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useTimeText } from "../app/useTimeText";
import type { TeamSettings, VisitorCard } from "../contract";
import { fieldsOf } from "./cardFacts";
import classes from "./Inbox.module.css";

/** Where the visitor is and was, and what was said of them. */
export function CardProfile({ card, team }: { readonly card: VisitorCard; readonly team: TeamSettings | null }) {
  const { t, i18n } = useTranslation("inbox");
  const time = useTimeText();
  const { profile, described } = card;
  const place = [described?.city, described?.country].filter(Boolean).join(", ");
  const browser = [described?.browser, described?.system, described?.device].filter(Boolean).join(" · ");
  const labels = new Map((team?.custom_fields ?? []).map(({ id, label }) => [id, labelIn(label, i18n.language)]));
  return (
    <section>
      <h3 className={classes.cardTitle}>{t("profile")}</h3>
      <dl className={classes.facts}>
        {profile?.page_url && (
          <Fact name={t("page")}>
            <a href={safe(profile.page_url)} target="_blank" rel="noreferrer" className={classes.link ?? ""}>
              {profile.page_title || profile.page_url}
            </a>
          </Fact>
        )}
        {profile?.locale && <Fact name={t("locale")}>{profile.locale}</Fact>}
        {place && <Fact name={t("place")}>{place}</Fact>}
        {browser && <Fact name={t("browser")}>{browser}</Fact>}
        {described && described.sessions > 0 && <Fact name={t("sessions")}>{described.sessions}</Fact>}
        {profile && <Fact name={t("firstSeen")}>{time.at(profile.first_seen_at)}</Fact>}
        {profile && <Fact name={t("lastSeen")}>{time.ago(profile.last_seen_at)}</Fact>}
        {fieldsOf(card).map(([name, value]) => (
          <Fact key={name} name={labels.get(name) || t(`fields.${name}`, name)}>
            {value}
          </Fact>
        ))}
        <Fact name={t("copyId")}>
          <code className={classes.code}>{card.visitor}</code>
        </Fact>
      </dl>
    </section>
  );
}

function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <div className={classes.fact}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

/** A page's address comes from whoever calls themselves its visitor: only the web is led to. */
function safe(url: string): string | undefined {
  return /^https?:\/\//i.test(url) ? url : undefined;
}

function labelIn(label: string | Readonly<Record<string, string>> | undefined, language: string): string {
  if (label === undefined || typeof label === "string") return label ?? "";
  const fitting = Object.keys(label).find((locale) => locale.toLowerCase().startsWith(language));
  return label[fitting ?? Object.keys(label)[0] ?? ""] ?? "";
}
