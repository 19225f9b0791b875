import { ActionIcon, Anchor, Title } from "@mantine/core";
import { IconArrowLeft } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import type { RunSummary } from "../contract";
import classes from "./Run.module.css";
import { StatusBadge } from "./StatusBadge";
import { Time } from "./Time";
import { tookOf } from "./times";
import type { Names } from "./useNames";
import { useNow } from "./useNow";

type Props = {
  readonly run: RunSummary;
  readonly names: Names;
  /** What can be done with it. */
  readonly children: ReactNode;
};

/** Which run this is. */
export function RunHead({ run, names, children }: Props) {
  const { t, i18n } = useTranslation("runs");
  const now = useNow();
  const took = tookOf(run, i18n.language);
  return (
    <header>
      <div className={classes.head}>
        <div className={classes.title}>
          <ActionIcon component={Link} href="/runs" variant="subtle" color="gray" aria-label={t("back")} title={t("back")}>
            <IconArrowLeft size={18} aria-hidden />
          </ActionIcon>
          <Title order={1} size="h3">
            {names.flow(run.flow)}
          </Title>
          <StatusBadge status={run.status} />
        </div>
        {children}
      </div>
      <div className={classes.about}>
        <Anchor component={Link} href={`/flows/${run.flow}`} size="sm" title={t("openFlow")}>
          {run.flow} · {t("version", { version: run.version })}
        </Anchor>
        <span>{t(`trigger.${run.trigger}`, run.trigger)}</span>
        <Anchor component={Link} href={`/visitors/${run.visitor}`} size="sm">
          {t("openVisitor")} {run.visitor}
        </Anchor>
        <Time at={run.started_at} now={now} />
        {took && (
          <span>
            {t("took")} {took}
          </span>
        )}
      </div>
    </header>
  );
}
