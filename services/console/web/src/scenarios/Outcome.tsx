import { Alert, Button, Group, Text } from "@mantine/core";
import { IconCheck } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { Difference, Scenario, ScenarioResult } from "../contract";
import { accepted } from "./editing";
import classes from "./ScenarioPanel.module.css";

/** What a scenario came to; where it promised something else, both beside each other. */
export function Outcome({
  scenario,
  result,
  onAccept,
}: {
  readonly scenario: Scenario;
  readonly result: ScenarioResult;
  /** Null: this person may look only. */
  readonly onAccept: ((scenario: Scenario) => void) | null;
}) {
  const { t } = useTranslation("scenarios");
  const differences = result.differences ?? [];
  const sentences = (result.failures ?? []).slice(0, Math.max(0, (result.failures?.length ?? 0) - differences.length));
  const promises = scenario.path != null || scenario.messages != null;
  return (
    <Alert color={result.passed ? "green" : "red"} mb="sm" title={t(result.passed ? "passed" : "failed")}>
      {sentences.map((sentence) => (
        <Text key={sentence} size="sm">
          {sentence}
        </Text>
      ))}
      {differences.map((difference) => (
        <Differs key={difference.what} difference={difference} />
      ))}
      {result.passed && (
        <Entries title={t("wayTaken")} entries={result.path} against={result.path} />
      )}
      {onAccept && (!result.passed || !promises) && result.path.length > 0 && (
        <Group justify="flex-end" mt="xs">
          <Button
            size="compact-sm"
            variant="default"
            leftSection={<IconCheck size={14} aria-hidden />}
            onClick={() => onAccept(accepted(scenario, result))}
          >
            {t("accept")}
          </Button>
        </Group>
      )}
    </Alert>
  );
}

function Differs({ difference }: { readonly difference: Difference }) {
  const { t } = useTranslation("scenarios");
  return (
    <div>
      <Text size="sm" fw={600} mt={4}>
        {t(difference.what === "path" ? "path" : "messages")}
      </Text>
      <div className={classes.difference}>
        <Entries title={t("expected")} entries={difference.expected} against={difference.found} />
        <Entries title={t("found")} entries={difference.found} against={difference.expected} />
      </div>
    </div>
  );
}

function Entries({ title, entries, against }: { readonly title: string; readonly entries: readonly string[]; readonly against: readonly string[] }) {
  const { t } = useTranslation("scenarios");
  return (
    <div>
      <Text size="xs" c="dimmed">
        {title}
      </Text>
      {entries.length === 0 ? (
        <Text size="sm">{t("nothing")}</Text>
      ) : (
        <ol className={classes.found}>
          {entries.map((entry, i) => (
            <li key={`${i} ${entry}`} data-differs={entry !== against[i] || undefined}>
              {entry}
              {entry !== against[i] && <span aria-hidden> ≠</span>}
            </li>
          ))}
        </ol>
      )}
    </div>
  );
}
