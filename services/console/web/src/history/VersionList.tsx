import { Badge, Group, Text, UnstyledButton } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { useTimeText } from "../app/useTimeText";
import type { FlowHistoryEntry } from "../contract";
import { usePerson } from "../publishing/usePerson";
import classes from "./VersionList.module.css";
import type { VersionLine } from "./versionsOf";

/** Every version, the newest first; one of them is looked at. */
export function VersionList({
  lines,
  active,
  chosen,
  onChoose,
}: {
  readonly lines: readonly VersionLine[];
  readonly active: number | null;
  readonly chosen: number | null;
  readonly onChoose: (version: number) => void;
}) {
  const { t } = useTranslation("history");
  return (
    <ul className={classes.versions} aria-label={t("versions")}>
      {lines.map((line) => (
        <li key={line.version}>
          <UnstyledButton
            className={classes.version ?? ""}
            aria-pressed={line.version === chosen}
            onClick={() => onChoose(line.version)}
          >
            <Group gap={8}>
              <Text fw={650}>v{line.version}</Text>
              {line.version === active && (
                <Badge color="green" variant="light" size="sm" tt="none" className={classes.active ?? ""}>
                  {t("active")}
                </Badge>
              )}
            </Group>
            {line.published && <Event entry={line.published} />}
            {line.since.map((entry, i) => (
              <Event key={`${entry.at} ${i}`} entry={entry} />
            ))}
          </UnstyledButton>
        </li>
      ))}
    </ul>
  );
}

function Event({ entry }: { readonly entry: FlowHistoryEntry }) {
  const { t } = useTranslation("history");
  const time = useTimeText();
  const person = usePerson();
  return (
    <Text size="xs" c="dimmed" title={time.at(entry.at)}>
      {t(`events.${entry.what}`, { who: person(entry.by), ago: time.ago(entry.at) })}
      {entry.replaced_by && ` · ${t("replacedBy", { flow: entry.replaced_by })}`}
    </Text>
  );
}
