import { ActionIcon, Anchor, Button, CopyButton, Group, Title, Tooltip } from "@mantine/core";
import { IconArrowLeft, IconBan, IconCheck, IconDownload, IconFilePlus, IconLink, IconRefreshDot, IconTimeline } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import type { Me, RunSummary } from "../contract";
import classes from "./Run.module.css";
import { StatusBadge } from "./StatusBadge";
import { Time } from "./Time";
import { span } from "./times";
import type { Names } from "./useNames";
import { useNow } from "./useNow";

type Props = {
  readonly run: RunSummary;
  readonly role: Me["role"];
  readonly names: Names;
  readonly isAgain: boolean;
  /** The address of what is shown now. */
  readonly address: string;
  readonly onAgain: (isAgain: boolean) => void;
  readonly onScenario: (() => void) | null;
  readonly onCancel: () => void;
};

/** Which run this is, and what can be done with it. */
export function RunHead({ run, role, names, isAgain, address, onAgain, onScenario, onCancel }: Props) {
  const { t, i18n } = useTranslation("runs");
  const now = useNow();
  const mayOperate = role !== "agent";
  const took = run.ended_at === null ? "" : span(Date.parse(run.ended_at) - Date.parse(run.started_at), i18n.language);
  return (
    <header className={classes.head}>
      <div>
        <div className={classes.title}>
          <ActionIcon component={Link} href="/runs" variant="subtle" color="gray" aria-label={t("back")} title={t("back")}>
            <IconArrowLeft size={18} aria-hidden />
          </ActionIcon>
          <Title order={1} size="h3">
            {names.flow(run.flow)}
          </Title>
          <StatusBadge status={run.status} />
        </div>
        <div className={classes.about}>
          <Anchor component={Link} href={`/flows/${run.flow}`} size="sm">
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
      </div>
      <Group gap="xs">
        <CopyButton value={address}>
          {({ copied, copy }) => (
            <Tooltip label={t(copied ? "copied" : "copyLink")}>
              <ActionIcon variant="default" size={34} aria-label={t(copied ? "copied" : "copyLink")} onClick={copy}>
                {copied ? <IconCheck size={17} aria-hidden /> : <IconLink size={17} aria-hidden />}
              </ActionIcon>
            </Tooltip>
          )}
        </CopyButton>
        <Button
          size="sm"
          h={34}
          variant={isAgain ? "light" : "default"}
          leftSection={isAgain ? <IconTimeline size={16} aria-hidden /> : <IconRefreshDot size={16} aria-hidden />}
          onClick={() => onAgain(!isAgain)}
        >
          {t(isAgain ? "record" : "decideAgain")}
        </Button>
        {onScenario && (
          <Button size="sm" h={34} variant="default" leftSection={<IconFilePlus size={16} aria-hidden />} onClick={onScenario}>
            {t("makeScenario")}
          </Button>
        )}
        {mayOperate && (
          <Button
            component="a"
            href={`/api/runs/${run.run}/export`}
            download
            size="sm"
            h={34}
            variant="default"
            leftSection={<IconDownload size={16} aria-hidden />}
          >
            {t("export")}
          </Button>
        )}
        {mayOperate && run.status === "waiting" && (
          <Button size="sm" h={34} variant="light" color="red" leftSection={<IconBan size={16} aria-hidden />} onClick={onCancel}>
            {t("cancel")}
          </Button>
        )}
      </Group>
    </header>
  );
}
