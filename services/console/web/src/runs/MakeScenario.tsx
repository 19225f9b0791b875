import { Anchor, Button, Group, Modal, Stack, Text, Textarea, TextInput } from "@mantine/core";
import { useClipboard } from "@mantine/hooks";
import { IconAlertTriangle, IconCheck, IconCopy, IconFilePlus } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import type { FlowDefinition, RunSummary } from "../contract";
import { Note } from "./Note";
import { exact } from "./times";
import { useScenario } from "./useScenario";

type Props = {
  readonly run: RunSummary;
  readonly definition: FlowDefinition;
  readonly canDraft: boolean;
  readonly onClose: () => void;
};

/** A promise about the flow, made of what this run did. */
export function MakeScenario({ run, definition, canDraft, onClose }: Props) {
  const { t, i18n } = useTranslation("runs");
  const clipboard = useClipboard({ timeout: 3_000 });
  const initial = t("scenarioDefault", { time: exact(run.started_at, i18n.language).slice(0, 19) });
  const { name, setName, toml, isAdded, problem, isBusy, add, write } = useScenario(run, definition, initial);
  const copy = async (): Promise<void> => {
    const text = await write();
    if (text !== null) clipboard.copy(text);
  };
  return (
    <Modal opened onClose={onClose} title={t("scenarioTitle")} size="lg" closeButtonProps={{ "aria-label": t("close") }}>
      <Stack gap="md">
        <Text size="sm">{t("scenarioText")}</Text>
        <TextInput
          label={t("scenarioName")}
          value={name}
          maxLength={64}
          data-autofocus
          required
          onChange={({ currentTarget }) => setName(currentTarget.value)}
        />
        {problem && (
          <Note tone="bad" Icon={IconAlertTriangle} role="alert">
            <p>{problem}</p>
          </Note>
        )}
        {isAdded && (
          <Note tone="good" Icon={IconCheck} role="status">
            <p>
              {t("scenarioAdded")} ·{" "}
              <Anchor component={Link} href={`/flows/${run.flow}`} size="sm">
                {t("openDraft")}
              </Anchor>
            </p>
          </Note>
        )}
        {toml && <Textarea label={t("tomlHere")} value={toml} readOnly autosize minRows={6} maxRows={16} ff="monospace" />}
        {!canDraft && (
          <Text size="sm" c="dimmed">
            {t("adminsOnly")}
          </Text>
        )}
        <Group justify="flex-end">
          <Button
            variant="default"
            leftSection={clipboard.copied ? <IconCheck size={16} aria-hidden /> : <IconCopy size={16} aria-hidden />}
            onClick={() => void copy()}
            disabled={isBusy || name.trim() === ""}
          >
            {t(clipboard.copied ? "tomlCopied" : "copyToml")}
          </Button>
          {canDraft && (
            <Button
              leftSection={<IconFilePlus size={16} aria-hidden />}
              onClick={() => void add()}
              disabled={isAdded || name.trim() === ""}
              loading={isBusy}
            >
              {t("addToDraft")}
            </Button>
          )}
        </Group>
      </Stack>
    </Modal>
  );
}
