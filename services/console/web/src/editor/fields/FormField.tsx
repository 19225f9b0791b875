import { ActionIcon, Autocomplete, Button, Group, Input, NativeSelect, Stack, Textarea, TextInput } from "@mantine/core";
import { IconPlus, IconX } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { isList, isTable, isText } from "../../graph/definition";
import { useTeam } from "../useTeam";
import type { ControlProps } from "./control";
import classes from "./fields.module.css";

type Question = { readonly field: string; readonly [key: string]: unknown };

const STANDARD = ["user_fullname", "user_email", "user_mobile", "user_company", "user_city", "user_country"];
const TYPES = ["text", "email", "phone", "number", "date", "select", "long_text"];

/** The questions of a form: the name of a field, and in what words and how it is asked for. */
export function FormField({ label, how, error, isDisabled, value, onChange }: ControlProps) {
  const { t } = useTranslation("editor");
  const questions = isList(value) ? value.map(questionOf) : [];
  const set = (next: readonly Question[]) => onChange(next.length ? next.map(plain) : undefined);
  return (
    <Input.Wrapper label={label} description={how || undefined} error={error} role="group" aria-label={label}>
      <Stack gap={6} mt={4}>
        {questions.map((question, place) => (
          <QuestionEntry
            key={place}
            question={question}
            isDisabled={isDisabled}
            onChange={(next) => set(questions.map((old, i) => (i === place ? next : old)))}
            onRemove={() => set(questions.filter((_, i) => i !== place))}
          />
        ))}
        <div>
          <Button
            size="compact-xs"
            variant="light"
            disabled={isDisabled || questions.length >= 8}
            leftSection={<IconPlus size={13} aria-hidden />}
            onClick={() => set([...questions, { field: unused(questions) }])}
          >
            {t("add")}
          </Button>
        </div>
      </Stack>
    </Input.Wrapper>
  );
}

type EntryProps = {
  readonly question: Question;
  readonly isDisabled: boolean;
  readonly onChange: (question: Question) => void;
  readonly onRemove: () => void;
};

function QuestionEntry({ question, isDisabled, onChange, onRemove }: EntryProps) {
  const { t } = useTranslation("fields");
  const { t: say } = useTranslation("editor");
  const fields = [...STANDARD, ...(useTeam()?.custom_fields ?? []).map(({ id }) => id)];
  const words = isText(question["label"]) ? question["label"] : "";
  const isWorded = isTable(question["label"]);
  const options = isList(question["options"]) ? question["options"].filter(isText) : [];
  return (
    <Stack gap={4} className={classes["entry"] ?? ""}>
      <Group gap={4} wrap="nowrap" align="flex-end">
        <Autocomplete
          className={classes["grow"]}
          size="xs"
          label={t("field.label")}
          data={[...new Set(fields)]}
          value={question.field}
          disabled={isDisabled}
          onChange={(field) => onChange({ ...question, field })}
        />
        <NativeSelect
          size="xs"
          label={t("type.label")}
          disabled={isDisabled}
          value={String(question["type"] ?? "")}
          data={[{ value: "", label: "—" }, ...TYPES.map((type) => ({ value: type, label: t(`values.type.${type}`) }))]}
          onChange={(event) => onChange({ ...question, type: event.currentTarget.value || undefined })}
        />
        <ActionIcon variant="subtle" color="gray" disabled={isDisabled} aria-label={say("remove", { name: question.field })} onClick={onRemove}>
          <IconX size={14} aria-hidden />
        </ActionIcon>
      </Group>
      {(isWorded ? Object.entries(question["label"] ?? {}) : [["", words] as const]).map(([locale, text]) => (
        <TextInput
          key={locale}
          size="xs"
          label={locale ? `${t("label.label")} (${locale})` : t("label.label")}
          value={String(text)}
          disabled={isDisabled}
          onChange={(event) => onChange({ ...question, label: reworded(question["label"], locale, event.currentTarget.value) })}
        />
      ))}
      {question["type"] === "select" && (
        <Textarea
          size="xs"
          label={t("choices")}
          autosize
          minRows={2}
          disabled={isDisabled}
          defaultValue={options.join("\n")}
          onBlur={(event) => onChange({ ...question, options: event.currentTarget.value.split("\n").map((line) => line.trim()).filter(Boolean) })}
        />
      )}
    </Stack>
  );
}

function reworded(label: unknown, locale: string, text: string): unknown {
  return locale && isTable(label) ? { ...label, [locale]: text } : text || undefined;
}

function questionOf(item: unknown): Question {
  if (isTable(item)) return { ...item, field: isText(item["field"]) ? item["field"] : "" };
  return { field: isText(item) ? item : "" };
}

/** As a person would write it: a field that is asked for in no words of its own is its name. */
function plain(question: Question): unknown {
  const entries = Object.entries(question).filter(([, value]) => value !== undefined && !(isList(value) && value.length === 0));
  return entries.length === 1 ? question.field : Object.fromEntries(entries);
}

function unused(questions: readonly Question[]): string {
  return STANDARD.find((name) => !questions.some(({ field }) => field === name)) ?? "";
}
