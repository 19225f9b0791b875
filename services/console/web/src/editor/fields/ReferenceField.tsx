import { NativeSelect } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { isText } from "../../graph/definition";
import { choicesOf, useTeam } from "../useTeam";
import { type ControlProps, inputProps } from "./control";

/** Something of the team: a group, an agent, a segment, a canned message, a customer type. */
export function ReferenceField(props: ControlProps) {
  const { t } = useTranslation("editor");
  const { field, value, onChange } = props;
  const choices = choicesOf(useTeam(), field.refersTo);
  const current = isText(value) ? value : "";
  const isGone = current !== "" && !choices.some((choice) => choice.value === current);
  const gone = isGone ? [{ value: current, label: t("unknownChoice", { name: current }) }] : [];
  return (
    <NativeSelect
      {...inputProps(props)}
      data={[{ value: "", label: `— ${t("notSet")}` }, ...gone, ...choices]}
      value={current}
      onChange={(event) => onChange(event.currentTarget.value || undefined)}
    />
  );
}
