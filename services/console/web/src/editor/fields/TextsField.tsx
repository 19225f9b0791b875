import { ActionIcon, Button, Group, Input, Stack, TextInput } from "@mantine/core";
import { IconArrowUp, IconPlus, IconX } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { isList, isText } from "../../graph/definition";
import type { ControlProps } from "./control";
import classes from "./fields.module.css";

/** A list of short texts, in an order. */
export function TextsField({ field, label, how, error, isDisabled, value, onChange }: ControlProps) {
  const { t } = useTranslation("editor");
  const texts = isList(value) ? value.map((item) => (isText(item) ? item : JSON.stringify(item))) : [];
  const most = typeof field.schema["maxItems"] === "number" ? field.schema["maxItems"] : Infinity;
  const set = (next: readonly string[]) => onChange(next.length ? next : undefined);
  const swapped = (place: number) => texts.map((text, i) => (i === place ? texts[i - 1] : i === place - 1 ? texts[i + 1] : text));
  return (
    <Input.Wrapper label={label} description={how || undefined} error={error} withAsterisk={field.isRequired} role="group" aria-label={label}>
      <Stack gap={4} mt={4}>
        {texts.map((text, place) => (
          <Group key={place} gap={2} wrap="nowrap">
            <TextInput
              className={classes["grow"]}
              size="xs"
              aria-label={`${label} ${place + 1}`}
              value={text}
              disabled={isDisabled}
              onChange={(event) => set(texts.map((old, i) => (i === place ? event.currentTarget.value : old)))}
            />
            <ActionIcon
              variant="subtle"
              color="gray"
              disabled={isDisabled || place === 0}
              aria-label={t("moveUp", { name: text })}
              onClick={() => set(swapped(place).filter(isText))}
            >
              <IconArrowUp size={14} aria-hidden />
            </ActionIcon>
            <ActionIcon
              variant="subtle"
              color="gray"
              disabled={isDisabled}
              aria-label={t("remove", { name: text })}
              onClick={() => set(texts.filter((_, i) => i !== place))}
            >
              <IconX size={14} aria-hidden />
            </ActionIcon>
          </Group>
        ))}
        <div>
          <Button
            size="compact-xs"
            variant="light"
            disabled={isDisabled || texts.length >= most}
            leftSection={<IconPlus size={13} aria-hidden />}
            onClick={() => set([...texts, ""])}
          >
            {t("add")}
          </Button>
        </div>
      </Stack>
    </Input.Wrapper>
  );
}
