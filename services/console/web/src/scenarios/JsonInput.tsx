import { Textarea } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import classes from "./ScenarioPanel.module.css";

/** Any value, as JSON; what is not JSON yet changes nothing. */
export function JsonInput({
  label,
  value,
  onChange,
}: {
  readonly label: string;
  readonly value: unknown;
  readonly onChange: (value: unknown) => void;
}) {
  const { t } = useTranslation("scenarios");
  const [typed, setTyped] = useState<string | null>(null);
  const isWrong = typed !== null && !isJson(typed);
  return (
    <Textarea
      size="xs"
      className={classes.code ?? ""}
      label={label}
      autosize
      minRows={2}
      maxRows={14}
      spellCheck={false}
      error={isWrong ? t("notJson") : undefined}
      value={typed ?? JSON.stringify(value, null, 2)}
      onBlur={() => {
        if (!isWrong) setTyped(null);
      }}
      onChange={(event) => {
        const text = event.currentTarget.value;
        setTyped(text);
        if (isJson(text)) onChange(JSON.parse(text));
      }}
    />
  );
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
