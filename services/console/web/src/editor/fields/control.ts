import type { Field } from "./kinds";

/** What every control of a parameter is given. */
export type ControlProps = {
  readonly field: Field;
  readonly label: string;
  readonly how: string;
  readonly value: unknown;
  /** What is wrong with it. */
  readonly error: string | undefined;
  readonly isDisabled: boolean;
  /** `undefined`: not set. */
  readonly onChange: (value: unknown) => void;
};

/** What Mantine's inputs take of it. */
export function inputProps({ field, label, how, error, isDisabled }: ControlProps) {
  return {
    label,
    description: how || undefined,
    error: error ?? false,
    disabled: isDisabled,
    withAsterisk: field.isRequired,
  };
}
