import { ActionIcon, Alert, Button, Group, Modal, Radio, Stack, Text, TextInput, Tooltip } from "@mantine/core";
import { IconCheck, IconRefresh } from "@tabler/icons-react";
import { type FormEvent, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { useNotice } from "../app/useNotice";
import { useErrorText } from "../app/useErrorText";
import type { FlowDefinition } from "../contract";
import { label, TRIGGERS } from "../graph/catalogue";
import type { Line } from "./listing";
import { FLOW_ID, flowId } from "./naming";
import { useAdd } from "./useAdd";

const LONGEST = 64;
type Trigger = FlowDefinition["trigger"];

/** 添加流程: when it starts and what it is called; then it stands in the list as a draft. */
export function AddFlow({
  isOpen,
  all,
  onClose,
}: {
  readonly isOpen: boolean;
  readonly all: readonly Line[];
  readonly onClose: () => void;
}) {
  const { t } = useTranslation("flows");
  return (
    <Modal opened={isOpen} onClose={onClose} title={t("add")} size="md" closeButtonProps={{ "aria-label": t("close") }}>
      <AddForm all={all} onClose={onClose} />
    </Modal>
  );
}

function AddForm({ all, onClose }: { readonly all: readonly Line[]; readonly onClose: () => void }) {
  const { t, i18n } = useTranslation("flows");
  const notice = useNotice();
  const errorText = useErrorText();
  const add = useAdd();
  const [trigger, setTrigger] = useState<Trigger>("widget_opened");
  const [event, setEvent] = useState("");
  const [name, setName] = useState("");
  const [written, setWritten] = useState<string | null>(null);
  const taken = useMemo(() => new Set(all.map(({ flow }) => flow)), [all]);
  const made = useMemo(() => flowId(name, taken), [name, taken]);
  const id = written ?? (name.trim() ? made : "");
  const wrong = id === "" ? null : !FLOW_ID.test(id) ? t("badId") : taken.has(id) ? t("takenId") : null;
  const submit = (submitted: FormEvent) => {
    submitted.preventDefault();
    if (wrong || !name.trim()) return;
    const narrowed = trigger === "event_tracked" && event.trim() ? { event: event.trim() } : {};
    add.mutate(
      { flow: id, name: name.trim(), trigger, ...narrowed, nodes: {} },
      {
        onSuccess: () => {
          notice.done(t("added", { name: name.trim() }));
          onClose();
        },
      },
    );
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="md">
        <Radio.Group label={t("triggerHow")} value={trigger} onChange={(value) => setTrigger(asTrigger(value))}>
          <Stack gap={8} mt={8}>
            {TRIGGERS.map((each) => (
              <Radio key={each.name} value={each.name} label={label(each, i18n.language)} />
            ))}
          </Stack>
        </Radio.Group>
        {trigger === "event_tracked" && (
          <TextInput
            label={t("event")}
            description={t("eventHow")}
            maxLength={LONGEST}
            value={event}
            onChange={(changed) => setEvent(changed.currentTarget.value)}
          />
        )}
        <TextInput
          label={t("nameOfFlow")}
          required
          withAsterisk={false}
          data-autofocus
          maxLength={LONGEST}
          rightSection={<Counter text={name} />}
          rightSectionWidth={56}
          value={name}
          onChange={(changed) => setName(changed.currentTarget.value)}
        />
        <TextInput
          label={t("id")}
          description={t("idHow")}
          error={wrong}
          required
          withAsterisk={false}
          maxLength={LONGEST}
          rightSection={written !== null && <Anew onClick={() => setWritten(null)} />}
          value={id}
          onChange={(changed) => setWritten(changed.currentTarget.value.toLowerCase())}
        />
        {add.error && (
          <Alert color="red" role="alert">
            {errorText(add.error)}
          </Alert>
        )}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            {t("cancel")}
          </Button>
          <Button type="submit" leftSection={<IconCheck size={18} aria-hidden />} loading={add.isPending}>
            {t("confirm")}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function asTrigger(value: string): Trigger {
  const known: readonly Trigger[] = ["widget_loaded", "widget_opened", "message_sent", "event_tracked"];
  return known.find((trigger) => trigger === value) ?? "widget_opened";
}

function Counter({ text }: { readonly text: string }) {
  return (
    <Text size="xs" c="dimmed" aria-hidden>
      {[...text].length}/{LONGEST}
    </Text>
  );
}

function Anew({ onClick }: { readonly onClick: () => void }) {
  const { t } = useTranslation("flows");
  return (
    <Tooltip label={t("idAnew")}>
      <ActionIcon variant="subtle" color="gray" aria-label={t("idAnew")} onClick={onClick}>
        <IconRefresh size={16} aria-hidden />
      </ActionIcon>
    </Tooltip>
  );
}
