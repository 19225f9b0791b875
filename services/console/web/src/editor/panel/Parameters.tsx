import { Stack, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { nodeType } from "../../graph/catalogue";
import { fieldAt } from "../../graph/checks";
import { Field } from "../fields/Field";
import { type Field as FieldSpec, fieldsOf } from "../fields/kinds";
import { useFieldWords } from "../fields/useFieldWords";
import { useNodeProblems } from "../ProblemsProvider";
import { useEditor } from "../useEditor";
import { useProblemText } from "../useProblemText";
import { ReplyParameters } from "./ReplyParameters";
import { useFieldEdit } from "./useFieldEdit";

/** The parameters of a node, by its type. */
export function Parameters({ id }: { readonly id: string }) {
  const { t } = useTranslation("editor");
  const { definition } = useEditor();
  const type = nodeType(definition.nodes[id]?.["type"]);
  const fields = type ? fieldsOf(type) : [];
  if (fields.length === 0) {
    return (
      <Text size="sm" c="dimmed">
        {t("noParameters")}
      </Text>
    );
  }
  if (type?.type === "reply") return <ReplyParameters id={id} fields={fields} />;
  return (
    <Stack gap="sm">
      {fields.map((field) => (
        <Parameter key={field.name} id={id} field={field} />
      ))}
    </Stack>
  );
}

/** One of them, with what is wrong with it. */
export function Parameter({ id, field }: { readonly id: string; readonly field: FieldSpec }) {
  const { definition, isReadOnly } = useEditor();
  const edit = useFieldEdit(id);
  const textOf = useProblemText();
  const words = useFieldWords()(field);
  const problem = useNodeProblems(id).find(({ at, level }) => level === "error" && fieldAt(at) === field.name);
  return (
    <Field
      field={field}
      label={words.label}
      how={words.how}
      value={definition.nodes[id]?.[field.name]}
      error={problem && textOf(problem)}
      isDisabled={isReadOnly}
      onChange={(value) => edit(field.name, value)}
    />
  );
}
