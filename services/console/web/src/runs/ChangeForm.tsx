import { Button, Select, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { Agent, DraftSummary } from "../contract";
import type { Changeable, Changes } from "./changes";
import { ChangeField } from "./ChangeField";
import classes from "./DecideAgain.module.css";
import { exact } from "./times";
import type { By } from "./useAgain";

type Props = {
  readonly facts: readonly Changeable[];
  readonly changes: Changes;
  /** What the other path turned out to need. */
  readonly missing: readonly Changeable[];
  readonly agents: readonly Agent[];
  readonly by: By;
  readonly version: number;
  readonly versions: number;
  readonly draft: DraftSummary | undefined;
  readonly onChange: (changes: Changes) => void;
  readonly onBy: (by: By) => void;
};

const FEW = 6;

/** What was different: who was online, the clock, any recorded fact or variable, or the flow itself. */
export function ChangeForm({ facts, changes, missing, agents, by, version, versions, draft, onChange, onBy }: Props) {
  const { t, i18n } = useTranslation("runs");
  const called = ({ name, of }: Changeable): string => {
    if (name === "agents_online") return t("online");
    return of === "world" ? t(`fact.${name}`) : name;
  };
  const field = (fact: Changeable) => (
    <ChangeField
      key={fact.name}
      fact={fact}
      label={called(fact)}
      value={changes[fact.name]}
      agents={agents}
      onChange={(value) => onChange({ ...changes, [fact.name]: value })}
      onReset={() => onChange(Object.fromEntries(Object.entries(changes).filter(([name]) => name !== fact.name)))}
    />
  );
  const world = facts.filter(({ of }) => of === "world");
  const others = (["team", "variables"] as const)
    .map((of) => ({ of, found: facts.filter((fact) => fact.of === of) }))
    .filter(({ found }) => found.length > 0);
  const count = Object.keys(changes).length + (by === "ran" ? 0 : 1);
  return (
    <form className={classes.form} aria-label={t("changes")} onSubmit={(event) => event.preventDefault()}>
      <div className={classes.formHead}>
        <Text fw={600} size="sm">
          {t("changes")}
        </Text>
        <Button
          size="compact-xs"
          variant="subtle"
          disabled={count === 0}
          onClick={() => {
            onChange({});
            onBy("ran");
          }}
        >
          {t("resetAll")}
        </Button>
      </div>
      {count === 0 && missing.length === 0 && (
        <Text size="xs" c="dimmed">
          {t("noChanges")}
        </Text>
      )}
      {missing.length > 0 && (
        <div className={classes.missing} role="alert">
          <Text size="sm">{t("missing", { name: missing.map(called).join(", ") })}</Text>
          {missing.map(field)}
        </div>
      )}
      {world.map(field)}
      <Select
        size="xs"
        label={t("by")}
        data={[
          { value: "ran", label: t("byRan", { version: `v${version}` }) },
          ...(draft ? [{ value: "draft", label: t("byDraft", { time: exact(draft.saved_at, i18n.language).slice(0, 16) }) }] : []),
          ...Array.from({ length: versions }, (_, place) => versions - place)
            .filter((each) => each !== version)
            .map((each) => ({ value: String(each), label: t("byVersion", { version: each }) })),
        ]}
        value={String(by)}
        allowDeselect={false}
        onChange={(next) => onBy(next === "draft" || next === "ran" || next === null ? (next ?? "ran") : Number(next))}
      />
      {others.map(({ of, found }) => (
        <details key={of} className={classes.more} open={found.length <= FEW}>
          <summary>
            {t(of)} ({found.length})
          </summary>
          {found.map(field)}
        </details>
      ))}
    </form>
  );
}
