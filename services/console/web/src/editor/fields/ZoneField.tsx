import { Autocomplete } from "@mantine/core";
import { isText } from "../../graph/definition";
import { type ControlProps, inputProps } from "./control";

const ZONES = Intl.supportedValuesOf("timeZone");

/** A time zone by its name. */
export function ZoneField(props: ControlProps) {
  const { value, onChange } = props;
  return (
    <Autocomplete
      {...inputProps(props)}
      data={ZONES}
      limit={20}
      value={isText(value) ? value : ""}
      onChange={(next) => onChange(next || undefined)}
    />
  );
}
