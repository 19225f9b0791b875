import { ActionIcon, Alert, Badge, Button, Group, ScrollArea, SegmentedControl, Text, Title, Tooltip } from "@mantine/core";
import { IconFlask, IconPlus, IconX } from "@tabler/icons-react";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { useErrorText } from "../app/useErrorText";
import type { Marks } from "../canvas/marks";
import type { FlowTested } from "../contract";
import { useEditor } from "../editor/useEditor";
import { ProblemList } from "../publishing/ProblemList";
import { marksOf } from "./coverage";
import { added } from "./editing";
import { ScenarioList } from "./ScenarioList";
import classes from "./ScenarioPanel.module.css";
import { ScenarioText } from "./ScenarioText";
import { useTested } from "./useTested";

/**
 * The scenarios of the flow that is edited, beside its canvas: edited, run after each edit, and what they show of it.
 * Inside an editor. `onMarks` gets what is to be drawn on the canvas; null: nothing.
 */
export default function ScenarioPanel({
  onMarks,
  onClose,
}: {
  readonly onMarks: (marks: Marks | null) => void;
  readonly onClose: () => void;
}) {
  const { t } = useTranslation("scenarios");
  const { definition, apply, isReadOnly, select, openPanel } = useEditor();
  const tested = useTested(definition);
  const errorText = useErrorText();
  const [open, setOpen] = useState<number | null>(null);
  const [isText, setIsText] = useState(false);
  const scenarios = definition.scenarios ?? [];
  const result = open === null ? null : (tested.data?.results[open] ?? null);
  useEffect(() => {
    const drawing = { classes, unreached: t("unreached") };
    onMarks(tested.data ? marksOf(definition, tested.data, result, drawing) : null);
  }, [onMarks, definition, tested.data, result, t]);
  useEffect(() => () => onMarks(null), [onMarks]);
  const add = () => {
    apply({ type: "set_flow", fields: { scenarios: added(scenarios, { name: t("fresh") }) } });
    setOpen(scenarios.length);
  };
  const errors = tested.data?.problems.filter(({ level }) => level !== "warning") ?? [];
  return (
    <section className={classes.panel} aria-label={t("scenarios")}>
      <Group justify="space-between" wrap="nowrap" className={classes.head ?? ""}>
        <Group gap="xs" wrap="nowrap">
          <IconFlask size={18} stroke={1.6} aria-hidden />
          <Title order={2} size="h5">
            {t("scenarios")}
          </Title>
          <Score tested={tested.data} isRunning={tested.isRunning} />
        </Group>
        <ActionIcon variant="subtle" color="gray" aria-label={t("close")} onClick={onClose}>
          <IconX size={18} aria-hidden />
        </ActionIcon>
      </Group>
      <Group justify="space-between" gap="xs" className={classes.ways ?? ""}>
        <SegmentedControl
          size="xs"
          aria-label={t("view")}
          data={[
            { value: "form", label: t("form") },
            { value: "text", label: t("text") },
          ]}
          value={isText ? "text" : "form"}
          onChange={(value) => setIsText(value === "text")}
        />
        {!isReadOnly && !isText && (
          <Tooltip label={t("addHow")} multiline maw={260}>
            <Button size="compact-sm" variant="light" leftSection={<IconPlus size={14} aria-hidden />} onClick={add}>
              {t("add")}
            </Button>
          </Tooltip>
        )}
      </Group>
      <ScrollArea className={classes.body ?? ""} type="auto">
        {tested.error && (
          <Alert color="orange" mb="sm">
            {errorText(tested.error)}
          </Alert>
        )}
        {errors.length > 0 && (
          <Alert color="red" title={t("notYet")} mb="sm">
            <ProblemList
              problems={errors}
              definition={definition}
              onShow={(node) => {
                select([node]);
                openPanel(node);
              }}
            />
          </Alert>
        )}
        {isText ? (
          <ScenarioText />
        ) : (
          <ScenarioList results={tested.data?.results ?? []} open={open} onOpen={setOpen} />
        )}
        {!isText && scenarios.length === 0 && (
          <Text size="sm" c="dimmed">
            {t("none")}
          </Text>
        )}
        <Uncovered tested={tested.data} />
      </ScrollArea>
    </section>
  );
}

function Score({ tested, isRunning }: { readonly tested: FlowTested | undefined; readonly isRunning: boolean }) {
  const { t } = useTranslation("scenarios");
  const passed = tested?.results.filter((result) => result.passed).length ?? 0;
  const all = tested?.results.length ?? 0;
  return (
    <Badge
      role="status"
      variant="light"
      tt="none"
      color={isRunning || all === 0 ? "gray" : passed === all ? "green" : "red"}
      className={classes.score ?? ""}
      data-running={isRunning || undefined}
    >
      {isRunning ? t("running") : t("score", { passed, all })}
    </Badge>
  );
}

function Uncovered({ tested }: { readonly tested: FlowTested | undefined }) {
  const { t } = useTranslation("scenarios");
  const nodes = tested?.coverage.nodes?.length ?? 0;
  const outcomes = tested?.coverage.outcomes?.length ?? 0;
  if (!tested || tested.results.length === 0) return null;
  return (
    <Text size="sm" c="dimmed" mt="md">
      {nodes + outcomes === 0 ? t("covered") : t("uncovered", { nodes, outcomes })}
    </Text>
  );
}
