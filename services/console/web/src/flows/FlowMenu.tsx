import { ActionIcon, Menu } from "@mantine/core";
import {
  IconCopy,
  IconDots,
  IconFileExport,
  IconHistory,
  IconLivePhoto,
  IconPencil,
  IconPlayerPlay,
  IconPlayerStop,
  IconTrash,
} from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import classes from "./FlowList.module.css";
import type { RowActions } from "./FlowRow";
import type { Line } from "./listing";

const ICON = { size: 16, stroke: 1.6, "aria-hidden": true } as const;

/** What can be done with one flow. */
export function FlowMenu({ line, isAdmin, ...on }: RowActions & { readonly line: Line; readonly isAdmin: boolean }) {
  const { t } = useTranslation("flows");
  const isPublished = line.versions > 0;
  return (
    <Menu position="bottom-end" width={190} shadow="md">
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" aria-label={t("menuOf", { name: line.name || line.flow })}>
          <IconDots size={18} stroke={1.6} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item component={Link} href={`/flows/${line.flow}`} leftSection={<IconPencil {...ICON} />}>
          {t("open")}
        </Menu.Item>
        {isAdmin && line.active === null && (
          <Menu.Item leftSection={<IconPlayerPlay {...ICON} />} onClick={on.onStart}>
            {t("start")}
          </Menu.Item>
        )}
        {isAdmin && line.active !== null && (
          <Menu.Item leftSection={<IconPlayerStop {...ICON} />} onClick={on.onStop}>
            {t("stop")}
          </Menu.Item>
        )}
        <Menu.Divider />
        <Menu.Item leftSection={<IconFileExport {...ICON} />} onClick={() => on.onExport("toml")}>
          {t("exportAs", { type: "TOML" })}
        </Menu.Item>
        <Menu.Item leftSection={<IconFileExport {...ICON} />} onClick={() => on.onExport("json")}>
          {t("exportAs", { type: "JSON" })}
        </Menu.Item>
        {isAdmin && (
          <Menu.Item leftSection={<IconCopy {...ICON} />} onClick={on.onDuplicate}>
            {t("duplicate")}
          </Menu.Item>
        )}
        {isPublished && (
          <Menu.Item leftSection={<IconHistory {...ICON} />} onClick={on.onHistory}>
            {t("history")}
          </Menu.Item>
        )}
        <Menu.Item component={Link} href={`/runs?flow=${line.flow}`} leftSection={<IconLivePhoto {...ICON} />}>
          {t("liveLog")}
        </Menu.Item>
        {isAdmin && (
          <>
            <Menu.Divider />
            <Menu.Item className={classes.danger ?? ""} leftSection={<IconTrash {...ICON} />} onClick={on.onDelete}>
              {t("delete")}
            </Menu.Item>
          </>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}
