import { ActionIcon, Button, CopyButton, Group, Tooltip } from "@mantine/core";
import { IconBan, IconCheck, IconDownload, IconFilePlus, IconLink, IconRefreshDot, IconTimeline } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { Me, RunSummary } from "../contract";
import classes from "./Run.module.css";

type Props = {
  readonly run: RunSummary;
  readonly role: Me["role"];
  readonly isAgain: boolean;
  /** The address of what is shown now. */
  readonly address: string;
  readonly onAgain: (isAgain: boolean) => void;
  /** Null while there is nothing to make one of. */
  readonly onScenario: (() => void) | null;
  readonly onCancel: () => void;
};

/** What can be done with a run, as far as one's role goes. */
export function RunActions({ run, role, isAgain, address, onAgain, onScenario, onCancel }: Props) {
  const { t } = useTranslation("runs");
  const mayOperate = role !== "agent";
  return (
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
        <Button size="sm" h={34} variant="default" className={classes.cancel ?? ""} leftSection={<IconBan size={16} aria-hidden />} onClick={onCancel}>
          {t("cancel")}
        </Button>
      )}
    </Group>
  );
}
