import { ActionIcon, Badge, Button, Group, NativeSelect, Stack, Text } from "@mantine/core";
import { IconArrowRight, IconPlus, IconX } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { nodeType } from "../../graph/catalogue";
import { nameOf, nextOf } from "../../graph/definition";
import { outcomesOf } from "../../graph/outcomes";
import { useEditor } from "../useEditor";
import { AddConnection } from "./AddConnection";
import classes from "./panel.module.css";

/** One line for each outcome that leads on, and a way to add another. */
export function Connections({ id }: { readonly id: string }) {
  const { t } = useTranslation("editor");
  const { definition, apply, isReadOnly } = useEditor();
  const [isAdding, setAdding] = useState(false);
  const node = definition.nodes[id] ?? {};
  const next = nextOf(node);
  const outcomes = outcomesOf(node);
  const free = outcomes.filter((outcome) => !(outcome in next));
  const targets = Object.keys(definition.nodes).filter((key) => definition.nodes[key]?.["type"] !== "start");
  const choices = targets.map((key) => ({ value: key, label: nameOf(definition, key) }));
  const failed = nodeType(node["type"])?.failed;
  if (outcomes.length === 0) {
    return (
      <Text size="sm" c="dimmed">
        {t("noOutcomes")}
      </Text>
    );
  }
  return (
    <Stack gap={6}>
      {Object.entries(next).map(([outcome, to]) => (
        <Group key={outcome} gap={6} wrap="nowrap" className={classes["connection"] ?? ""}>
          <Badge variant="light" radius="sm" tt="none" color={outcomes.includes(outcome) ? "brand" : "red"}>
            {outcome}
          </Badge>
          <IconArrowRight size={14} aria-hidden />
          <NativeSelect
            className={classes["grow"]}
            size="xs"
            aria-label={`${outcome}: ${t("nextNode")}`}
            disabled={isReadOnly}
            value={to}
            data={definition.nodes[to] ? choices : [{ value: to, label: `${to} ?` }, ...choices]}
            onChange={(event) => apply({ type: "connect", from: id, outcome, to: event.currentTarget.value })}
          />
          <ActionIcon
            variant="subtle"
            color="gray"
            disabled={isReadOnly}
            aria-label={t("removeConnection", { outcome })}
            onClick={() => apply({ type: "disconnect", from: id, outcome })}
          >
            <IconX size={14} aria-hidden />
          </ActionIcon>
        </Group>
      ))}
      {isAdding && (
        <AddConnection
          outcomes={free}
          targets={choices.filter(({ value }) => value !== id)}
          onCancel={() => setAdding(false)}
          onAdd={(outcome, to) => {
            apply({ type: "connect", from: id, outcome, to });
            setAdding(false);
          }}
        />
      )}
      {!isAdding && !isReadOnly && free.length > 0 && (
        <div>
          <Button size="compact-sm" variant="light" leftSection={<IconPlus size={14} aria-hidden />} onClick={() => setAdding(true)}>
            {t("addConnection")}
          </Button>
        </div>
      )}
      {free.length === 0 && (
        <Text size="xs" c="dimmed">
          {t("allConnected")}
        </Text>
      )}
      {failed && failed !== "never, so far" && (
        <Text size="xs" c="dimmed" lang="en">
          {t("whenFailed", { text: failed })}
        </Text>
      )}
    </Stack>
  );
}
