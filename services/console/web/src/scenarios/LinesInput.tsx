import { Textarea } from "@mantine/core";
import { useState } from "react";
import classes from "./ScenarioPanel.module.css";

/** A list of short texts, one a line; nothing written means that nothing is said. */
export function LinesInput({
  label,
  description,
  lines,
  onChange,
}: {
  readonly label: string;
  readonly description: string;
  readonly lines: readonly string[] | null;
  readonly onChange: (lines: readonly string[] | null) => void;
}) {
  // While somebody types there are empty lines, which are not of the list.
  const [typed, setTyped] = useState<string | null>(null);
  return (
    <Textarea
      size="xs"
      className={classes.code ?? ""}
      label={label}
      description={description}
      autosize
      minRows={2}
      maxRows={12}
      value={typed ?? (lines ?? []).join("\n")}
      onBlur={() => setTyped(null)}
      onChange={(event) => {
        const text = event.currentTarget.value;
        setTyped(text);
        const written = text.split("\n").map((line) => line.trim()).filter(Boolean);
        onChange(written.length ? written : null);
      }}
    />
  );
}
