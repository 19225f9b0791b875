import { Group, Input, Stack, Text, TextInput } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { isList, isTable } from "../../graph/definition";
import type { ControlProps } from "./control";
import classes from "./fields.module.css";

const DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;

/** The hours of each day of the week. */
export function HoursField({ label, how, error, isDisabled, value, onChange }: ControlProps) {
  const { t } = useTranslation("fields");
  const hours = isTable(value) ? value : {};
  const set = (day: string, text: string) => {
    const spans = text.split(/[,，;；\s]+/).filter(Boolean);
    const others = Object.entries(hours).filter(([name]) => name !== day);
    const next = Object.fromEntries(spans.length ? [...others, [day, spans]] : others);
    onChange(Object.keys(next).length ? next : undefined);
  };
  return (
    <Input.Wrapper label={label} description={how || undefined} error={error} role="group" aria-label={label}>
      <Stack gap={4} mt={4}>
        {DAYS.map((day) => (
          <Group key={day} gap={6} wrap="nowrap">
            <Text size="xs" w={72}>
              {t(`values.days.${day}`)}
            </Text>
            <TextInput
              key={spansOf(hours[day])}
              className={classes["grow"]}
              size="xs"
              aria-label={t(`values.days.${day}`)}
              placeholder={day === "mon" ? t("spans") : ""}
              defaultValue={spansOf(hours[day])}
              disabled={isDisabled}
              onBlur={(event) => event.currentTarget.value !== spansOf(hours[day]) && set(day, event.currentTarget.value)}
            />
          </Group>
        ))}
      </Stack>
    </Input.Wrapper>
  );
}

function spansOf(spans: unknown): string {
  return isList(spans) ? spans.join(", ") : "";
}
