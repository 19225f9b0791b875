import { ActionIcon, Group, Text, UnstyledButton } from "@mantine/core";
import { IconChevronRight, IconCircleCheckFilled, IconCircleDashed, IconCircleXFilled, IconCopy, IconTrash } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { Scenario, ScenarioResult } from "../contract";
import { useEditor } from "../editor/useEditor";
import { added, removed, replaced, type Scenarios } from "./editing";
import { ScenarioForm } from "./ScenarioForm";
import classes from "./ScenarioPanel.module.css";
import { Outcome } from "./Outcome";

/** Every scenario with its result; the open one with what it says, to be edited, and what came of it. */
export function ScenarioList({
  results,
  open,
  onOpen,
}: {
  readonly results: readonly ScenarioResult[];
  readonly open: number | null;
  readonly onOpen: (place: number | null) => void;
}) {
  const { definition, apply, isReadOnly } = useEditor();
  const scenarios = definition.scenarios ?? [];
  const change = (after: Scenario[], label?: string) => apply({ type: "set_flow", fields: { scenarios: after } }, label);
  return (
    <div>
      {scenarios.map((scenario, place) => {
        const isOpen = place === open;
        const result = results[place]?.name === scenario.name ? results[place] : undefined;
        return (
          // A scenario has no id, and its name is typed here.
          <div key={place} className={classes.card} data-open={isOpen || undefined}>
            <UnstyledButton className={classes.title ?? ""} aria-expanded={isOpen} onClick={() => onOpen(isOpen ? null : place)}>
              <State result={result} />
              <Text size="sm" fw={550} className={classes.name ?? ""}>
                {scenario.name}
              </Text>
              <IconChevronRight size={16} aria-hidden style={{ rotate: isOpen ? "90deg" : "0deg" }} />
            </UnstyledButton>
            {isOpen && (
              <div className={classes.inside}>
                {result && <Outcome result={result} onAccept={isReadOnly ? null : (made) => change(replaced(scenarios, place, made))} scenario={scenario} />}
                <ScenarioForm
                  scenario={scenario}
                  isReadOnly={isReadOnly}
                  onChange={(made, field) => change(replaced(scenarios, place, made), `scenario ${place} ${field}`)}
                />
                {!isReadOnly && <Ways scenarios={scenarios} scenario={scenario} place={place} onChange={change} onOpen={onOpen} />}
              </div>
            )}
          </div>
        );
      })}
    </div>
  );
}

function State({ result }: { readonly result: ScenarioResult | undefined }) {
  const { t } = useTranslation("scenarios");
  if (!result) return <IconCircleDashed size={18} aria-label={t("unknown")} />;
  return result.passed ? (
    <IconCircleCheckFilled size={18} className={classes.passed} aria-label={t("passed")} />
  ) : (
    <IconCircleXFilled size={18} className={classes.failed} aria-label={t("failed")} />
  );
}

function Ways({
  scenarios,
  scenario,
  place,
  onChange,
  onOpen,
}: {
  readonly scenarios: Scenarios;
  readonly scenario: Scenario;
  readonly place: number;
  readonly onChange: (after: Scenario[]) => void;
  readonly onOpen: (place: number | null) => void;
}) {
  const { t } = useTranslation("scenarios");
  return (
    <Group justify="flex-end" gap={4} mt="sm">
      <ActionIcon
        variant="subtle"
        color="gray"
        aria-label={t("duplicate", { name: scenario.name })}
        title={t("duplicate", { name: scenario.name })}
        onClick={() => {
          onChange(added(scenarios, scenario));
          onOpen(scenarios.length);
        }}
      >
        <IconCopy size={16} stroke={1.6} aria-hidden />
      </ActionIcon>
      <ActionIcon
        variant="subtle"
        color="red"
        aria-label={t("remove", { name: scenario.name })}
        title={t("remove", { name: scenario.name })}
        onClick={() => {
          onChange(removed(scenarios, place));
          onOpen(null);
        }}
      >
        <IconTrash size={16} stroke={1.6} aria-hidden />
      </ActionIcon>
    </Group>
  );
}
