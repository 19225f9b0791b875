import { Stack, TextInput } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { Scenario } from "../contract";
import { withFields, withGiven } from "./editing";
import { GivenForm } from "./GivenForm";
import { LinesInput } from "./LinesInput";
import { MessagesForm } from "./MessagesForm";
import { StepsForm } from "./StepsForm";

/** Everything that a scenario says: the world, what happens while the run waits, and what it promises. */
export function ScenarioForm({
  scenario,
  isReadOnly,
  onChange,
}: {
  readonly scenario: Scenario;
  readonly isReadOnly: boolean;
  /** `field` names what was edited: typing into one field is one step of undo. */
  readonly onChange: (scenario: Scenario, field: string) => void;
}) {
  const { t } = useTranslation("scenarios");
  return (
    <fieldset disabled={isReadOnly} style={{ border: 0, margin: 0, padding: 0 }}>
      <Stack gap="sm">
        <TextInput
          size="xs"
          label={t("name")}
          maxLength={64}
          value={scenario.name}
          onChange={(event) => onChange({ ...scenario, name: event.currentTarget.value }, "name")}
        />
        <GivenForm given={scenario.given ?? {}} onChange={(given, field) => onChange(withGiven(scenario, given), field)} />
        <StepsForm
          steps={scenario.steps ?? []}
          onChange={(steps, field) => onChange(withFields(scenario, { steps: steps.length ? [...steps] : undefined }), field)}
        />
        <LinesInput
          label={t("path")}
          description={t("pathHow")}
          lines={scenario.path ?? null}
          onChange={(path) => onChange(withFields(scenario, { path: path ? [...path] : undefined }), "path")}
        />
        <MessagesForm
          messages={scenario.messages ?? null}
          onChange={(messages, field) => onChange(withFields(scenario, { messages: messages ? [...messages] : undefined }), field)}
        />
      </Stack>
    </fieldset>
  );
}
