import { ColorInput, NativeSelect, NumberInput, Switch, TextInput } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { isText } from "../../graph/definition";
import { BodyField } from "./BodyField";
import { type ControlProps, inputProps } from "./control";
import { FormField } from "./FormField";
import { HeadersField } from "./HeadersField";
import { HoursField } from "./HoursField";
import { LocalizedField } from "./LocalizedField";
import { ReferenceField } from "./ReferenceField";
import { SpeakerField } from "./SpeakerField";
import { SuggestingField } from "./SuggestingField";
import { TextsField } from "./TextsField";
import { VariableField } from "./VariableField";
import { ZoneField } from "./ZoneField";

/** The control by which a parameter is edited. */
export function Field(props: ControlProps) {
  const { field } = props;
  switch (field.kind) {
    case "flag":
      return <FlagControl {...props} />;
    case "choice":
      return <ChoiceControl {...props} />;
    case "number":
      return <NumberControl {...props} />;
    case "localized":
      return <LocalizedField {...props} />;
    case "template":
      return <SuggestingField {...props} isTemplate />;
    case "expression":
      return <SuggestingField {...props} isTemplate={false} />;
    case "variable":
      return <VariableField {...props} />;
    case "texts":
      return <TextsField {...props} />;
    case "form":
      return <FormField {...props} />;
    case "hours":
      return <HoursField {...props} />;
    case "zone":
      return <ZoneField {...props} />;
    case "headers":
      return <HeadersField {...props} />;
    case "body":
      return <BodyField {...props} />;
    case "colour":
      return <ColourControl {...props} />;
    case "reference":
      return <ReferenceField {...props} />;
    case "speaker":
      return <SpeakerField {...props} />;
    case "pattern":
    case "text":
      return <TextControl {...props} />;
    default:
      return field.kind satisfies never;
  }
}

function FlagControl(props: ControlProps) {
  const { value, field, onChange } = props;
  const isOn = typeof value === "boolean" ? value : field.schema["default"] === true;
  return (
    <Switch
      label={props.label}
      description={props.how || undefined}
      checked={isOn}
      disabled={props.isDisabled}
      error={props.error}
      onChange={(event) => onChange(event.currentTarget.checked || undefined)}
    />
  );
}

function ChoiceControl(props: ControlProps) {
  const { t, i18n } = useTranslation("fields");
  const { field, value, onChange } = props;
  const said = (choice: string) =>
    i18n.exists(`values.${field.name}.${choice}`, { ns: "fields" }) ? t(`values.${field.name}.${choice}`) : choice;
  const byDefault = field.schema["default"];
  const none = byDefault === undefined ? [{ value: "", label: "—" }] : [];
  const current = isText(value) ? value : isText(byDefault) ? byDefault : "";
  return (
    <NativeSelect
      {...inputProps(props)}
      data={[...none, ...field.choices.map((choice) => ({ value: choice, label: said(choice) }))]}
      value={current}
      onChange={(event) => onChange(event.currentTarget.value || undefined)}
    />
  );
}

function NumberControl(props: ControlProps) {
  const { field, value, onChange } = props;
  const byDefault = field.schema["default"];
  return (
    <NumberInput
      {...inputProps(props)}
      placeholder={byDefault === undefined ? "" : String(byDefault)}
      value={typeof value === "number" ? value : ""}
      allowDecimal={field.schema["type"] === "number"}
      step={field.schema["type"] === "number" ? 0.05 : 1}
      clampBehavior="none"
      onChange={(next) => onChange(typeof next === "number" ? next : undefined)}
    />
  );
}

function TextControl(props: ControlProps) {
  const { field, value, onChange } = props;
  return (
    <TextInput
      {...inputProps(props)}
      value={isText(value) ? value : ""}
      spellCheck={field.kind === "text"}
      onChange={(event) => onChange(event.currentTarget.value || undefined)}
    />
  );
}

function ColourControl(props: ControlProps) {
  const { value, onChange } = props;
  return (
    <ColorInput
      {...inputProps(props)}
      value={isText(value) ? value : ""}
      fixOnBlur={false}
      withEyeDropper={false}
      swatches={["#1677ff", "#0f766e", "#7c3aed", "#c2410c", "#be123c", "#334155"]}
      onChange={(next) => onChange(next || undefined)}
    />
  );
}
