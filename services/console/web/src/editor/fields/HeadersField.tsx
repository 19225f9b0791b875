import { ActionIcon, Button, Group, Input, Stack, TextInput } from "@mantine/core";
import { IconPlus, IconX } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { isTable } from "../../graph/definition";
import type { ControlProps } from "./control";
import classes from "./fields.module.css";

/** Names and values of headers. */
export function HeadersField({ label, how, error, isDisabled, value, onChange }: ControlProps) {
  const { t } = useTranslation("fields");
  const { t: say } = useTranslation("editor");
  const headers = isTable(value) ? Object.entries(value).map(([name, text]) => [name, String(text)] as const) : [];
  const set = (next: readonly (readonly [string, string])[]) => onChange(next.length ? Object.fromEntries(next) : undefined);
  return (
    <Input.Wrapper label={label} description={how || undefined} error={error} role="group" aria-label={label}>
      <Stack gap={4} mt={4}>
        {headers.map(([name, text], place) => (
          <Group key={place} gap={4} wrap="nowrap">
            <TextInput
              key={name}
              size="xs"
              w={120}
              aria-label={`${t("nameOfHeader")} ${place + 1}`}
              defaultValue={name}
              disabled={isDisabled}
              onBlur={(event) => set(headers.map((old, i) => (i === place ? [event.currentTarget.value, text] : old)))}
            />
            <TextInput
              className={classes["grow"]}
              size="xs"
              aria-label={`${t("valueOfHeader")} ${place + 1}`}
              value={text}
              disabled={isDisabled}
              onChange={(event) => set(headers.map((old, i) => (i === place ? [name, event.currentTarget.value] : old)))}
            />
            <ActionIcon
              variant="subtle"
              color="gray"
              disabled={isDisabled}
              aria-label={say("remove", { name })}
              onClick={() => set(headers.filter((_, i) => i !== place))}
            >
              <IconX size={14} aria-hidden />
            </ActionIcon>
          </Group>
        ))}
        <div>
          <Button
            size="compact-xs"
            variant="light"
            disabled={isDisabled || headers.length >= 20}
            leftSection={<IconPlus size={13} aria-hidden />}
            onClick={() => set([...headers, [`X-Header-${headers.length + 1}`, ""]])}
          >
            {say("add")}
          </Button>
        </div>
      </Stack>
    </Input.Wrapper>
  );
}
