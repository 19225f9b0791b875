import { Autocomplete } from "@mantine/core";
import { isText } from "../../graph/definition";
import { useVariables } from "../useVariables";
import { type ControlProps, inputProps } from "./control";

/** The bare name of a variable. */
export function VariableField(props: ControlProps) {
  const { value, onChange } = props;
  return (
    <Autocomplete
      {...inputProps(props)}
      data={[...useVariables()]}
      limit={30}
      value={isText(value) ? value : ""}
      onChange={(next) => onChange(next || undefined)}
    />
  );
}
