import { ActionIcon, Group, NativeSelect } from "@mantine/core";
import { IconCheck, IconX } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import classes from "./panel.module.css";

type Props = {
  readonly outcomes: readonly string[];
  readonly targets: readonly { readonly value: string; readonly label: string }[];
  readonly onAdd: (outcome: string, to: string) => void;
  readonly onCancel: () => void;
};

/** Which outcome leads to which node; the tick adds it. */
export function AddConnection({ outcomes, targets, onAdd, onCancel }: Props) {
  const { t } = useTranslation("editor");
  const [outcome, setOutcome] = useState(outcomes[0] ?? "");
  const [to, setTo] = useState("");
  return (
    <form
      className={classes["adding"]}
      onSubmit={(event) => {
        event.preventDefault();
        if (to) onAdd(outcome, to);
      }}
    >
      <Group gap={6} wrap="nowrap" align="flex-end">
        <NativeSelect
          className={classes["grow"]}
          size="xs"
          label={t("outcome")}
          autoFocus
          data={[...outcomes]}
          value={outcome}
          onChange={(event) => setOutcome(event.currentTarget.value)}
        />
        <NativeSelect
          className={classes["grow"]}
          size="xs"
          label={t("nextNode")}
          data={[{ value: "", label: "…" }, ...targets]}
          value={to}
          onChange={(event) => setTo(event.currentTarget.value)}
        />
        <ActionIcon type="submit" size={30} disabled={!to} aria-label={t("confirmConnection")} title={t("confirm")}>
          <IconCheck size={17} aria-hidden />
        </ActionIcon>
        <ActionIcon size={30} variant="subtle" color="gray" aria-label={t("cancel")} onClick={onCancel}>
          <IconX size={15} aria-hidden />
        </ActionIcon>
      </Group>
    </form>
  );
}
