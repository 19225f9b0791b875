import { ActionIcon, Group, NativeSelect, NumberInput, Stack, Text, TextInput } from "@mantine/core";
import { IconX } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { FlowDefinition } from "../../contract";
import { label, TRIGGERS } from "../../graph/catalogue";
import { useEditor } from "../useEditor";
import { NameField } from "./NameField";
import classes from "./panel.module.css";
import { Section } from "./Section";

const OVERLAPS = ["allow", "skip", "restart"] as const;

/** What is said of the flow itself: its name, when it starts, and how often. */
export function FlowPanel({ onClose }: { readonly onClose: () => void }) {
  const { t, i18n } = useTranslation("editor");
  const { definition, apply, seal, isReadOnly } = useEditor();
  const { name, trigger, event, cooldown_s, overlap } = definition;
  return (
    <aside className={classes["panel"]} aria-label={t("flowPanel")} onBlur={seal}>
      <Group justify="space-between" wrap="nowrap" className={classes["head"] ?? ""}>
        <Text fw={600}>{t("flowPanel")}</Text>
        <ActionIcon variant="subtle" color="gray" aria-label={t("exit")} title={`${t("exit")} (Esc)`} onClick={onClose}>
          <IconX size={17} aria-hidden />
        </ActionIcon>
      </Group>
      <Stack gap="lg" className={classes["content"] ?? ""}>
        <Section title={t("basic")}>
          <NameField
            label={t("name")}
            value={name}
            isDisabled={isReadOnly}
            onChange={(next) => apply({ type: "set_flow", fields: { name: next } }, "flow.name")}
          />
          <Text size="xs" c="dimmed">
            {t("nodeId")}: <code>{definition.flow}</code>
          </Text>
        </Section>
        <Section title={t("trigger")}>
          <NativeSelect
            aria-label={t("trigger")}
            disabled={isReadOnly}
            value={trigger}
            data={TRIGGERS.map((entry) => ({ value: entry.name, label: label(entry, i18n.language) }))}
            onChange={({ currentTarget }) => apply(triggered(definition, currentTarget.value))}
          />
          {trigger === "event_tracked" && (
            <TextInput
              label={t("event")}
              description={t("eventHow")}
              maxLength={64}
              disabled={isReadOnly}
              value={event ?? ""}
              onChange={({ currentTarget }) => apply({ type: "set_flow", fields: { event: currentTarget.value || undefined } }, "flow.event")}
            />
          )}
          <NumberInput
            label={t("cooldown")}
            description={t("cooldownHow")}
            min={0}
            max={31_536_000}
            allowDecimal={false}
            disabled={isReadOnly}
            value={cooldown_s ?? 0}
            onChange={(next) => apply({ type: "set_flow", fields: { cooldown_s: Number(next) || undefined } }, "flow.cooldown_s")}
          />
          <NativeSelect
            label={t("overlap")}
            disabled={isReadOnly}
            value={overlap ?? "allow"}
            data={OVERLAPS.map((value) => ({ value, label: t(`overlaps.${value}`) }))}
            onChange={({ currentTarget }) => apply({ type: "set_flow", fields: { overlap: OVERLAPS.find((value) => value === currentTarget.value) } })}
          />
        </Section>
      </Stack>
    </aside>
  );
}

/** Another trigger; only `event_tracked` has an event. */
function triggered(definition: FlowDefinition, name: string) {
  const names = ["widget_loaded", "widget_opened", "message_sent", "event_tracked"] as const;
  const trigger = names.find((known) => known === name) ?? definition.trigger;
  const event = trigger === "event_tracked" ? definition.event : undefined;
  return { type: "set_flow", fields: { trigger, event } } as const;
}
