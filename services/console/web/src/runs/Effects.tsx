import {
  IconBell, IconClock, IconForms, IconMail, IconMessage, IconPalette, IconUserCheck, IconUserStar, IconWorld,
} from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { type Effect, type RunEvent, effectsOf, unheardOf } from "./events";
import { shownAs } from "./facts";
import classes from "./Run.module.css";
import { clock } from "./times";
import type { Names } from "./useNames";
import { Value } from "./Value";

const TASKS = { http_request: IconWorld, send_email: IconMail, notify_agents: IconBell } as const;

/** What a step did outside; nothing when it did nothing. */
export function Effects({ event, names }: { readonly event: RunEvent; readonly names: Names }) {
  const { t } = useTranslation("runs");
  const effects = effectsOf(event);
  if (effects.length === 0) return null;
  return (
    <section className={classes.part}>
      <h3 className={classes.partTitle}>{t("effects")}</h3>
      <ul className={classes.effects}>
        {effects.map((effect) => (
          <li key={effect.k}>
            <EffectLine effect={effect} names={names} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function EffectLine({ effect, names }: { readonly effect: Effect; readonly names: Names }) {
  const { t, i18n } = useTranslation("runs");
  switch (effect.type) {
    case "message_posted": {
      const author = effect.author === "robot" ? t("robot") : names.agent(effect.author);
      const offered = effect.quick_replies ?? effect.survey ?? effect.form?.map(({ label }) => label) ?? [];
      return (
        <Line Icon={effect.channel === "email" ? IconMail : IconMessage} title={t(effect.channel === "email" ? "effect.mails" : "effect.says", { author })}>
          <blockquote className={classes.quote}>{effect.text || t("deleted")}</blockquote>
          {offered.length > 0 && <span className={classes.offered}>{offered.join(" · ")}</span>}
        </Line>
      );
    }
    case "conversation_assigned":
      return (
        <Line Icon={IconUserCheck} title={t("effect.assigned")}>
          <Value value={{ kind: "agents", ids: effect.agents }} names={names} />
        </Line>
      );
    case "visitor_converted":
      return <Line Icon={IconUserStar} title={t("effect.converted", { type: effect.customer_type })} />;
    case "field_written":
      return (
        <Line Icon={IconForms} title={t("effect.field", { field: effect.field })}>
          <Value value={shownAs(effect.value)} names={names} />
        </Line>
      );
    case "appearance_changed": {
      const looks = Object.entries(effect.appearance ?? {}).filter(([, value]) => value);
      return (
        <Line Icon={IconPalette} title={t("effect.looks")}>
          {looks.map(([name, value]) => `${t(`looks.${name}`)} ${value}`).join(" · ") || t("deleted")}
        </Line>
      );
    }
    case "task_requested": {
      const { url, to, text } = effect.request ?? {};
      return (
        <Line Icon={TASKS[effect.kind]} title={t(`effect.${effect.kind}`)}>
          {String(url ?? to ?? text ?? t("deleted"))}
        </Line>
      );
    }
    case "timer_set":
      return <Line Icon={IconClock} title={t("effect.timer", { time: clock(effect.at, i18n.language).slice(0, 8) })} />;
    default:
      return unheardOf(effect);
  }
}

type LineProps = { readonly Icon: typeof IconMail; readonly title: string; readonly children?: ReactNode };

function Line({ Icon, title, children }: LineProps) {
  return (
    <div className={classes.effect}>
      <Icon size={16} stroke={1.7} aria-hidden />
      <div className={classes.effectText}>
        <span>{title}</span>
        {children !== undefined && <div>{children}</div>}
      </div>
    </div>
  );
}
