import { ActionIcon, Alert, Button, Group, Stack, Text } from "@mantine/core";
import { IconClock, IconTrash, IconX } from "@tabler/icons-react";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { familyOf, iconOf } from "../../canvas/icons";
import { label, nodeType } from "../../graph/catalogue";
import { isText, nameOf } from "../../graph/definition";
import { useEditor } from "../useEditor";
import { useRemoval } from "../useRemoval";
import { useWaiting } from "../useWaiting";
import { Connections } from "./Connections";
import { NameField } from "./NameField";
import { NodeProblems } from "./NodeProblems";
import classes from "./panel.module.css";
import { Parameters } from "./Parameters";
import { Section } from "./Section";

/** Everything that can be said of one node. */
export function NodePanel({ id }: { readonly id: string }) {
  const { t, i18n } = useTranslation("editor");
  const { definition, apply, seal, isReadOnly, openPanel } = useEditor();
  const remove = useRemoval();
  const waiting = useWaiting()[id] ?? 0;
  const input = useRef<HTMLInputElement>(null);
  const node = definition.nodes[id] ?? {};
  const type = nodeType(node["type"]);
  const Icon = iconOf(type);
  useEffect(() => input.current?.focus({ preventScroll: true }), [id]);
  return (
    <aside className={classes["panel"]} aria-label={t("panel", { name: nameOf(definition, id) })} onBlur={seal} data-family={familyOf(type)}>
      <Group justify="space-between" wrap="nowrap" className={classes["head"] ?? ""}>
        <Group gap={8} wrap="nowrap" miw={0}>
          <Icon size={19} stroke={1.7} aria-hidden />
          <Text fw={600} truncate>
            {type ? label(type, i18n.language) : String(node["type"])}
          </Text>
        </Group>
        <ActionIcon variant="subtle" color="gray" aria-label={t("exit")} title={`${t("exit")} (Esc)`} onClick={() => openPanel(null)}>
          <IconX size={17} aria-hidden />
        </ActionIcon>
      </Group>
      <Stack gap="lg" className={classes["content"] ?? ""}>
        <NodeProblems id={id} />
        {waiting > 0 && (
          <Alert variant="light" color="blue" p="xs" icon={<IconClock size={17} aria-hidden />}>
            {t("waiting", { count: waiting })}
          </Alert>
        )}
        <Section title={t("basic")}>
          <NameField
            input={input}
            label={t("name")}
            value={isText(node["name"]) ? node["name"] : ""}
            isDisabled={isReadOnly}
            onChange={(name) => apply({ type: "set_fields", id, fields: { name: name || undefined } }, `${id}.name`)}
          />
          <Text size="xs" c="dimmed">
            {t("nodeId")}: <code>{id}</code>
          </Text>
        </Section>
        <Section title={t("parameters")}>
          <Parameters id={id} />
        </Section>
        <Section title={t("connections")}>
          <Connections key={id} id={id} />
        </Section>
        {!isReadOnly && (
          <div>
            <Button variant="light" color="red" leftSection={<IconTrash size={16} aria-hidden />} onClick={() => remove([id])}>
              {t("removeNode")}
            </Button>
          </div>
        )}
      </Stack>
    </aside>
  );
}
