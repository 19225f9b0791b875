import { ActionIcon, Button, Group, Input, Stack, Textarea } from "@mantine/core";
import { IconPlus, IconX } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import classes from "./ScenarioPanel.module.css";

type Messages = readonly string[];

/** What the scenario promises that is posted; null: it promises nothing of the kind. */
export function MessagesForm({
  messages,
  onChange,
}: {
  readonly messages: Messages | null;
  readonly onChange: (messages: Messages | null, field: string) => void;
}) {
  const { t } = useTranslation("scenarios");
  const put = (place: number, text: string) => messages?.map((other, i) => (i === place ? text : other)) ?? null;
  return (
    <div>
      <Group justify="space-between" gap="xs">
        <Input.Label size="xs">{t("messages")}</Input.Label>
        <Group gap={4}>
          {messages === null ? (
            <Button size="compact-sm" variant="subtle" onClick={() => onChange([], "messages")}>
              {t("promiseNone")}
            </Button>
          ) : (
            <Button size="compact-sm" variant="subtle" color="gray" onClick={() => onChange(null, "messages")}>
              {t("promiseNothing")}
            </Button>
          )}
          <Button
            size="compact-sm"
            variant="subtle"
            leftSection={<IconPlus size={12} aria-hidden />}
            onClick={() => onChange([...(messages ?? []), ""], "messages")}
          >
            {t("addMessage")}
          </Button>
        </Group>
      </Group>
      <Input.Description size="xs">{t(messages === null ? "messagesAny" : messages.length === 0 ? "messagesNone" : "messagesHow")}</Input.Description>
      <Stack gap={6} mt={4}>
        {messages?.map((message, place) => (
          <div key={place} className={classes.fact}>
            <Textarea
              size="xs"
              autosize
              minRows={1}
              aria-label={t("message", { number: place + 1 })}
              value={message}
              onChange={(event) => onChange(put(place, event.currentTarget.value), `message ${place}`)}
            />
            <ActionIcon
              variant="subtle"
              color="gray"
              aria-label={t("removeMessage", { number: place + 1 })}
              onClick={() => onChange(messages.filter((_, i) => i !== place), "messages")}
            >
              <IconX size={14} aria-hidden />
            </ActionIcon>
          </div>
        ))}
      </Stack>
    </div>
  );
}
