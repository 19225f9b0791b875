import { ActionIcon, Button, Checkbox, Group, Input, NumberInput, Select, Stack, Textarea, TextInput } from "@mantine/core";
import { IconPlus, IconX } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { Step } from "../contract";
import { ANSWERS, stepOf, type Steps, withFields, withJson, written } from "./editing";
import { JsonInput } from "./JsonInput";
import classes from "./ScenarioPanel.module.css";

/** What happens while the run waits, in order. */
export function StepsForm({
  steps,
  onChange,
}: {
  readonly steps: Steps;
  readonly onChange: (steps: Steps, field: string) => void;
}) {
  const { t } = useTranslation("scenarios");
  const put = (place: number, step: Step) => steps.map((other, i) => (i === place ? written(step) : other));
  return (
    <div>
      <Group justify="space-between">
        <Input.Label size="xs">{t("steps")}</Input.Label>
        <Button
          size="compact-sm"
          variant="subtle"
          leftSection={<IconPlus size={12} aria-hidden />}
          onClick={() => onChange([...steps, "VISITOR_ANSWER"], "steps")}
        >
          {t("addStep")}
        </Button>
      </Group>
      {steps.length === 0 && <Input.Description size="xs">{t("stepsNone")}</Input.Description>}
      <Stack gap={6} mt={4}>
        {steps.map((step, place) => (
          <div key={place} className={classes.step}>
            <div className={classes.fact}>
              <Select
                size="xs"
                aria-label={t("step", { number: place + 1 })}
                allowDeselect={false}
                data={ANSWERS.map((type) => ({ value: type, label: t(`answers.${type}`) }))}
                value={stepOf(step).type}
                onChange={(value) => {
                  const type = ANSWERS.find((known) => known === value);
                  if (type) onChange(put(place, { type }), "steps");
                }}
              />
              <ActionIcon
                variant="subtle"
                color="gray"
                aria-label={t("removeStep", { number: place + 1 })}
                onClick={() => onChange(steps.filter((_, i) => i !== place), "steps")}
              >
                <IconX size={14} aria-hidden />
              </ActionIcon>
            </div>
            <StepFields step={stepOf(step)} onChange={(made, field) => onChange(put(place, made), `step ${place} ${field}`)} />
          </div>
        ))}
      </Stack>
    </div>
  );
}

function StepFields({ step, onChange }: { readonly step: Step; readonly onChange: (step: Step, field: string) => void }) {
  const { t } = useTranslation("scenarios");
  const set = (fields: { readonly [K in keyof Step]?: Step[K] | undefined }, field: string) => onChange(withFields(step, fields), field);
  return (
    <Stack gap={6} mt={6}>
      {step.type === "VISITOR_ANSWER" && (
        <Textarea
          size="xs"
          autosize
          label={t("stepText")}
          value={step.text ?? ""}
          onChange={(event) => set({ text: event.currentTarget.value || undefined }, "text")}
        />
      )}
      {step.type === "REPLY_CHOSEN" && (
        <TextInput
          size="xs"
          label={t("stepChoice")}
          value={step.choice ?? ""}
          onChange={(event) => set({ choice: event.currentTarget.value || undefined }, "choice")}
        />
      )}
      {step.type === "FORM_FILLED" && (
        <JsonInput label={t("stepValues")} value={step.values ?? {}} onChange={(values) => onChange(withJson(step, "values", values), "values")} />
      )}
      {step.type === "TASK_DONE" && (
        <>
          <Checkbox
            size="xs"
            label={t("stepOk")}
            checked={step.ok ?? true}
            onChange={(event) => set({ ok: event.currentTarget.checked ? undefined : false }, "ok")}
          />
          <NumberInput
            size="xs"
            label={t("stepStatus")}
            value={step.status ?? ""}
            onChange={(status) => set({ status: typeof status === "number" ? status : undefined }, "status")}
          />
          <JsonInput label={t("stepValue")} value={step.value ?? null} onChange={(value) => onChange({ ...step, value }, "value")} />
        </>
      )}
      {step.type !== "TIMEOUT" && (
        <NumberInput
          size="xs"
          label={t("stepAfter")}
          min={0}
          max={604_800}
          placeholder="1"
          value={step.after_s ?? ""}
          onChange={(after_s) => set({ after_s: typeof after_s === "number" ? after_s : undefined }, "after")}
        />
      )}
      {step.given !== undefined && (
        <JsonInput label={t("stepGiven")} value={step.given} onChange={(given) => onChange(withJson(step, "given", given), "given")} />
      )}
    </Stack>
  );
}
