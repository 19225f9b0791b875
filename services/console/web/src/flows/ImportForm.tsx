import { Button, Group, Radio, Stack, Text, TextInput } from "@mantine/core";
import { IconCheck } from "@tabler/icons-react";
import { type FormEvent, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { useNotice } from "../app/useNotice";
import type { FlowDefinition } from "../contract";
import type { Line } from "./listing";
import { FLOW_ID, flowId } from "./naming";
import { Trigger } from "./Trigger";
import { useAdd } from "./useAdd";
import { useReplaceDraft } from "./useReplaceDraft";

/** What a file holds, and where it goes: a new flow, or the draft of the one that has this id already. */
export function ImportForm({
  definition,
  all,
  onClose,
}: {
  readonly definition: FlowDefinition;
  readonly all: readonly Line[];
  readonly onClose: () => void;
}) {
  const { t } = useTranslation("flows");
  const notice = useNotice();
  const add = useAdd();
  const replace = useReplaceDraft();
  const existing = all.find(({ flow }) => flow === definition.flow);
  const taken = useMemo(() => new Set(all.map(({ flow }) => flow)), [all]);
  const [where, setWhere] = useState<"new" | "existing">("new");
  const [id, setId] = useState(() => (existing ? flowId(`${definition.flow} copy`, taken) : definition.flow));
  const wrong = where === "existing" ? null : !FLOW_ID.test(id) ? t("badId") : taken.has(id) ? t("takenId") : null;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (wrong) return;
    const done = {
      onSuccess: () => {
        notice.done(t("imported", { name: definition.name }));
        onClose();
      },
      onError: notice.failed,
    };
    if (where === "existing" && existing) replace.mutate({ definition, line: existing }, done);
    else add.mutate({ ...definition, flow: id }, done);
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="md">
        <Group gap="md">
          <Text fw={600}>{definition.name}</Text>
          <Text size="sm" component="span">
            <Trigger trigger={definition.trigger} />
          </Text>
          <Text size="sm" c="dimmed">
            {t("counted", { nodes: Object.keys(definition.nodes).length, scenarios: definition.scenarios?.length ?? 0 })}
          </Text>
        </Group>
        {existing && (
          <Radio.Group label={t("exists", { name: existing.name })} value={where} onChange={(value) => setWhere(value === "existing" ? "existing" : "new")}>
            <Stack gap={8} mt={8}>
              <Radio value="new" label={t("asNew")} />
              <Radio value="existing" label={t(existing.draft ? "overDraft" : "asDraft")} />
            </Stack>
          </Radio.Group>
        )}
        {where === "new" && (
          <TextInput label={t("id")} description={t("idHow")} error={wrong} value={id} onChange={(event) => setId(event.currentTarget.value.toLowerCase())} />
        )}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            {t("cancel")}
          </Button>
          <Button type="submit" leftSection={<IconCheck size={18} aria-hidden />} loading={add.isPending || replace.isPending}>
            {t("confirm")}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
