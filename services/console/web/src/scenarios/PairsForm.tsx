import { ActionIcon, Button, Group, Input, Stack, TextInput } from "@mantine/core";
import { IconPlus, IconX } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { pairs, textOf, valueOf } from "./editing";
import classes from "./ScenarioPanel.module.css";

type Table = Readonly<Record<string, unknown>>;

/** Names with their values: text as it is, everything else as JSON. */
export function PairsForm({
  label,
  table,
  onChange,
}: {
  readonly label: string;
  readonly table: Table;
  readonly onChange: (table: Record<string, unknown>) => void;
}) {
  const { t } = useTranslation("scenarios");
  const [fresh, setFresh] = useState("");
  const entries = pairs(table);
  const put = (place: number, name: string, value: unknown) =>
    onChange(Object.fromEntries(entries.map((entry, i) => (i === place ? [name, value] : entry))));
  const add = () => {
    if (!fresh.trim()) return;
    onChange({ ...table, [fresh.trim()]: "" });
    setFresh("");
  };
  return (
    <div>
      <Input.Label size="xs">{label}</Input.Label>
      <Stack gap={4}>
        {entries.map(([name, value], place) => (
          <div key={name} className={classes.pair}>
            <TextInput size="xs" aria-label={t("variable")} value={name} readOnly />
            <TextInput
              size="xs"
              aria-label={t("valueOf", { name })}
              value={textOf(value)}
              onChange={(event) => put(place, name, valueOf(event.currentTarget.value))}
            />
            <ActionIcon
              variant="subtle"
              color="gray"
              aria-label={t("removeFact", { fact: name })}
              onClick={() => onChange(Object.fromEntries(entries.filter((_, i) => i !== place)))}
            >
              <IconX size={14} aria-hidden />
            </ActionIcon>
          </div>
        ))}
        <Group gap={6}>
          <TextInput
            size="xs"
            flex={1}
            placeholder={t("variable")}
            aria-label={t("newVariable")}
            value={fresh}
            onChange={(event) => setFresh(event.currentTarget.value)}
            onKeyDown={(event) => event.key === "Enter" && add()}
          />
          <Button size="compact-sm" variant="subtle" leftSection={<IconPlus size={12} aria-hidden />} onClick={add}>
            {t("addVariable")}
          </Button>
        </Group>
      </Stack>
    </div>
  );
}
