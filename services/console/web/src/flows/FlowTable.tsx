import { Card, Stack, Table, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { Published } from "../publishing/publish";
import classes from "./FlowList.module.css";
import { FlowRow } from "./FlowRow";
import type { Line } from "./listing";
import { useDuplicate } from "./useDuplicate";
import { useExport } from "./useExport";
import { useStart } from "./useStart";
import { useStop } from "./useStop";

/** The lines as a table, each with its menu. */
export function FlowTable({
  lines,
  all,
  isAdmin,
  onHistory,
  onDelete,
  onRefused,
}: {
  readonly lines: readonly Line[];
  readonly all: readonly Line[];
  readonly isAdmin: boolean;
  readonly onHistory: (line: Line) => void;
  readonly onDelete: (line: Line) => void;
  readonly onRefused: (line: Line, why: Published) => void;
}) {
  const { t } = useTranslation("flows");
  const start = useStart(onRefused);
  const stop = useStop();
  const take = useExport();
  const duplicate = useDuplicate(all);
  if (lines.length === 0) return <Nothing isFiltered={all.length > 0} />;
  return (
    <Card withBorder padding={0} className={classes.table}>
      <Table verticalSpacing={10} horizontalSpacing="md" highlightOnHover>
        <Table.Thead>
          <Table.Tr>
            <Table.Th className={classes.state}>{t("state")}</Table.Th>
            <Table.Th>{t("name")}</Table.Th>
            <Table.Th>{t("trigger")}</Table.Th>
            <Table.Th>{t("version")}</Table.Th>
            <Table.Th className={classes.menu}>
              <span className={classes.hidden}>{t("actions")}</span>
            </Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {lines.map((line) => (
            <FlowRow
              key={line.flow}
              line={line}
              isAdmin={isAdmin}
              onStart={() => start.mutate(line)}
              onStop={() => stop.mutate(line)}
              onExport={(type) => take.mutate({ line, type })}
              onDuplicate={() => duplicate.mutate(line)}
              onHistory={() => onHistory(line)}
              onDelete={() => onDelete(line)}
            />
          ))}
        </Table.Tbody>
      </Table>
    </Card>
  );
}

function Nothing({ isFiltered }: { readonly isFiltered: boolean }) {
  const { t } = useTranslation("flows");
  return (
    <Card withBorder padding="xl">
      <Stack gap={4} align="center">
        <Text fw={600}>{t(isFiltered ? "noneFound" : "none")}</Text>
        <Text size="sm" c="dimmed">
          {t(isFiltered ? "noneFoundHow" : "noneHow")}
        </Text>
      </Stack>
    </Card>
  );
}
