import { ActionIcon, Button, Group, Input, Menu, Stack, TagsInput, TextInput } from "@mantine/core";
import { IconPlus, IconX } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { Given } from "../contract";
import { type Fact, FACTS, withFields, withJson } from "./editing";
import { JsonInput } from "./JsonInput";
import { PairsForm } from "./PairsForm";
import classes from "./ScenarioPanel.module.css";
import { useAgentIds } from "./useAgentIds";

const NAMES: readonly Fact[] = ["agents_online", "variables", "now", "locale", "assigned", "team_agents", "team", "prediction"];

/** The world of a scenario. What is not said is missing: whoever reads it fails. */
export function GivenForm({
  given,
  onChange,
}: {
  readonly given: Given;
  readonly onChange: (given: Given, field: string) => void;
}) {
  const { t } = useTranslation("scenarios");
  const said = NAMES.filter((name) => given[name] !== undefined);
  const missing = NAMES.filter((name) => given[name] === undefined);
  return (
    <div>
      <Group justify="space-between">
        <Input.Label size="xs">{t("given")}</Input.Label>
        {missing.length > 0 && (
          <Menu position="bottom-end" shadow="md">
            <Menu.Target>
              <Button size="compact-sm" variant="subtle" leftSection={<IconPlus size={12} aria-hidden />}>
                {t("addFact")}
              </Button>
            </Menu.Target>
            <Menu.Dropdown>
              {missing.map((name) => (
                <Menu.Item key={name} onClick={() => onChange({ ...given, [name]: FACTS[name] }, "given")}>
                  {t(`facts.${name}`)}
                </Menu.Item>
              ))}
            </Menu.Dropdown>
          </Menu>
        )}
      </Group>
      {said.length === 0 && <Input.Description size="xs">{t("givenNothing")}</Input.Description>}
      <Stack gap={8} mt={4}>
        {said.map((name) => (
          <div key={name} className={classes.fact}>
            <FactInput name={name} given={given} onChange={(made) => onChange(made, `given ${name}`)} />
            <ActionIcon
              variant="subtle"
              color="gray"
              aria-label={t("removeFact", { fact: t(`facts.${name}`) })}
              onClick={() => onChange(withFields(given, { [name]: undefined }), "given")}
            >
              <IconX size={14} aria-hidden />
            </ActionIcon>
          </div>
        ))}
      </Stack>
    </div>
  );
}

type FactOf = { readonly name: Fact; readonly given: Given; readonly onChange: (given: Given) => void };

function FactInput({ name, given, onChange }: FactOf) {
  const { t } = useTranslation("scenarios");
  const agents = useAgentIds();
  const label = t(`facts.${name}`);
  switch (name) {
    case "agents_online":
    case "assigned":
    case "team_agents":
      return (
        <TagsInput
          size="xs"
          label={label}
          placeholder={given[name]?.length ? "" : t("nobody")}
          data={[...agents]}
          value={given[name] ?? []}
          onChange={(ids) => onChange({ ...given, [name]: ids })}
        />
      );
    case "locale":
    case "now":
      return (
        <TextInput
          size="xs"
          label={label}
          value={given[name] ?? ""}
          onChange={(event) => onChange({ ...given, [name]: event.currentTarget.value })}
        />
      );
    case "variables":
      return <PairsForm label={label} table={given.variables ?? {}} onChange={(variables) => onChange({ ...given, variables })} />;
    case "team":
    case "prediction":
      return <JsonInput label={label} value={given[name]} onChange={(value) => onChange(withJson(given, name, value))} />;
    default:
      return name satisfies never;
  }
}
