import { Text, TextInput } from "@mantine/core";
import type { RefObject } from "react";

const MOST = 64;

type Props = {
  readonly label: string;
  readonly value: string;
  readonly isDisabled: boolean;
  readonly input?: RefObject<HTMLInputElement | null>;
  readonly onChange: (value: string) => void;
};

/** A name, and how many characters of it there are. */
export function NameField({ label, value, isDisabled, input, onChange }: Props) {
  const length = [...value].length;
  return (
    <TextInput
      {...(input ? { ref: input } : {})}
      label={label}
      value={value}
      disabled={isDisabled}
      error={length > MOST}
      rightSectionWidth={58}
      rightSection={
        <Text size="xs" c={length > MOST ? "red" : "dimmed"} aria-hidden>
          {length}/{MOST}
        </Text>
      }
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}
