import { ActionIcon, Chip, Group, Select, Text, TextInput } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { IconArrowBackUp } from "@tabler/icons-react";
import { useId, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Agent } from "../contract";
import { type Changeable, read, written } from "./changes";
import { idsIn } from "./facts";
import classes from "./DecideAgain.module.css";

type Props = {
  readonly fact: Changeable;
  readonly label: string;
  /** Undefined: not changed. */
  readonly value: unknown;
  readonly agents: readonly Agent[];
  readonly onChange: (value: unknown) => void;
  readonly onReset: () => void;
};

/** One fact as it was recorded, to be something else. */
export function ChangeField(props: Props) {
  const { fact, label, value, onReset } = props;
  const { t } = useTranslation("runs");
  const id = useId();
  const isChanged = value !== undefined;
  return (
    <div className={classes.field} data-changed={isChanged || undefined} data-fact={fact.name}>
      <Group justify="space-between" gap={4} wrap="nowrap" mih={24}>
        <Text id={id} component="span" size="sm" fw={500} title={fact.name}>
          {label}
        </Text>
        {isChanged && (
          <ActionIcon size="sm" variant="subtle" color="gray" aria-label={t("reset", { name: label })} title={t("reset", { name: label })} onClick={onReset}>
            <IconArrowBackUp size={15} aria-hidden />
          </ActionIcon>
        )}
      </Group>
      <Input {...props} labelledBy={id} />
    </div>
  );
}

function Input({ fact, value, agents, onChange, onReset, labelledBy }: Props & { readonly labelledBy: string }) {
  const { t } = useTranslation("runs");
  const now = value === undefined ? fact.recorded : value;
  switch (fact.kind) {
    case "agents": {
      const chosen = idsIn(now);
      const known = new Map(agents.map(({ id, name }) => [id, name || id]));
      const ids = [...new Set([...known.keys(), ...chosen])];
      return (
        <Chip.Group multiple value={[...chosen]} onChange={(next) => onChange([...next].sort())}>
          <Group gap={6} role="group" aria-labelledby={labelledBy}>
            {ids.map((id) => (
              <Chip key={id} value={id} size="xs" variant="outline">
                {known.get(id) ?? id}
              </Chip>
            ))}
            {chosen.length === 0 && (
              <Text size="xs" c="dimmed">
                {t(now === undefined ? "notRecorded" : "nobody")}
              </Text>
            )}
          </Group>
        </Chip.Group>
      );
    }
    case "choice":
      return (
        <Select
          size="xs"
          aria-labelledby={labelledBy}
          data={[...fact.options]}
          value={typeof now === "string" ? now : null}
          allowDeselect={false}
          onChange={(choice) => choice !== null && onChange(choice)}
        />
      );
    case "flag":
      return (
        <Select
          size="xs"
          aria-labelledby={labelledBy}
          data={[
            { value: "true", label: t("yes") },
            { value: "false", label: t("no") },
          ]}
          value={String(now)}
          allowDeselect={false}
          onChange={(flag) => onChange(flag === "true")}
        />
      );
    default:
      // Undone, it begins anew.
      return (
        <Written
          key={String(value === undefined)}
          fact={fact}
          initial={now}
          labelledBy={labelledBy}
          onChange={onChange}
          onReset={onReset}
        />
      );
  }
}

type WrittenProps = {
  readonly fact: Changeable;
  readonly initial: unknown;
  readonly labelledBy: string;
  readonly onChange: (value: unknown) => void;
  readonly onReset: () => void;
};

function Written({ fact, initial, labelledBy, onChange }: WrittenProps) {
  const { t } = useTranslation("runs");
  const isTime = fact.kind === "time";
  const [text, setText] = useState(() => (isTime ? local(initial) : written(fact.kind, initial)));
  const [isWrong, setWrong] = useState(false);
  const change = useDebouncedCallback((next: string) => {
    const found = read(fact.kind, next);
    setWrong(found === null);
    if (found) onChange(found.value);
  }, 350);
  return (
    <TextInput
      size="xs"
      aria-labelledby={labelledBy}
      {...(isTime ? { type: "datetime-local", step: 1 } : {})}
      value={text}
      placeholder={t("notRecorded")}
      error={isWrong && t(fact.kind === "number" ? "badNumber" : "badTime")}
      onChange={({ currentTarget }) => {
        setText(currentTarget.value);
        change(currentTarget.value);
      }}
    />
  );
}

/** A time in the reader's own zone, to the second, as the browser's field takes it. */
function local(at: unknown): string {
  const time = new Date(typeof at === "string" ? at : Date.now());
  return new Date(time.getTime() - time.getTimezoneOffset() * 60_000).toISOString().slice(0, 19);
}
