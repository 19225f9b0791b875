import { Anchor, Badge, Group, Table, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import type { FileType } from "./download";
import classes from "./FlowList.module.css";
import { FlowMenu } from "./FlowMenu";
import type { Line } from "./listing";
import { Trigger } from "./Trigger";

export type RowActions = {
  readonly onStart: () => void;
  readonly onStop: () => void;
  readonly onExport: (type: FileType) => void;
  readonly onDuplicate: () => void;
  readonly onHistory: () => void;
  readonly onDelete: () => void;
};

/** One flow of the list. */
export function FlowRow({ line, isAdmin, ...actions }: RowActions & { readonly line: Line; readonly isAdmin: boolean }) {
  const { t } = useTranslation("flows");
  const isActive = line.active !== null;
  return (
    <Table.Tr data-flow={line.flow}>
      <Table.Td>
        <span className={classes.dot} data-active={isActive || undefined}>
          {t(isActive ? "active" : "inactive")}
        </span>
      </Table.Td>
      <Table.Td>
        <Group gap="xs">
          <Anchor component={Link} href={`/flows/${line.flow}`} fw={550} c="var(--mantine-color-text)">
            {line.name || line.flow}
          </Anchor>
          {line.draft && (
            <Badge variant="light" color="yellow" size="sm" tt="none" className={classes.badge}>
              {t(line.versions === 0 ? "draft" : "unpublished")}
            </Badge>
          )}
        </Group>
        <Text size="xs" c="dimmed" className={classes.id}>
          {line.flow}
        </Text>
      </Table.Td>
      <Table.Td>
        <Trigger trigger={line.trigger} />
      </Table.Td>
      <Table.Td>
        <Version line={line} />
      </Table.Td>
      <Table.Td>
        <FlowMenu line={line} isAdmin={isAdmin} {...actions} />
      </Table.Td>
    </Table.Tr>
  );
}

function Version({ line }: { readonly line: Line }) {
  const { t } = useTranslation("flows");
  if (line.versions === 0) return <Text c="dimmed">—</Text>;
  const isOlder = line.active !== null && line.active < line.versions;
  return (
    <Text size="sm" title={isOlder ? t("olderActive", { active: line.active, newest: line.versions }) : undefined}>
      v{line.active ?? line.versions}
      {isOlder && (
        <Text span size="xs" c="dimmed">
          {` / v${line.versions}`}
        </Text>
      )}
    </Text>
  );
}
