import { Group, SegmentedControl, Select, TextInput } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { label, TRIGGERS } from "../graph/catalogue";
import classes from "./FlowList.module.css";
import type { State, Wanted } from "./listing";

const STATES: readonly (State | "all")[] = ["all", "active", "stopped", "draft"];

/** Which lines of the list are wanted. */
export function FlowFilters({ wanted, onChange }: { readonly wanted: Wanted; readonly onChange: (wanted: Wanted) => void }) {
  const { t, i18n } = useTranslation("flows");
  const state = (value: string) => STATES.find((known) => known === value && known !== "all") ?? null;
  return (
    <Group gap="xs" role="search">
      <TextInput
        className={classes.search ?? ""}
        type="search"
        placeholder={t("searchHow")}
        aria-label={t("searchHow")}
        leftSection={<IconSearch size={16} stroke={1.6} aria-hidden />}
        value={wanted.text}
        onChange={(event) => onChange({ ...wanted, text: event.currentTarget.value })}
      />
      <Select
        className={classes.triggers ?? ""}
        clearable
        placeholder={t("everyTrigger")}
        aria-label={t("trigger")}
        clearButtonProps={{ "aria-label": t("everyTrigger") }}
        data={TRIGGERS.map((trigger) => ({ value: trigger.name, label: label(trigger, i18n.language) }))}
        value={wanted.trigger}
        onChange={(trigger) => onChange({ ...wanted, trigger })}
      />
      <SegmentedControl
        aria-label={t("state")}
        data={STATES.map((value) => ({ value, label: t(`states.${value}`) }))}
        value={wanted.state ?? "all"}
        onChange={(value) => {
          const chosen = state(value);
          onChange({ ...wanted, state: chosen === "all" ? null : chosen });
        }}
      />
    </Group>
  );
}
