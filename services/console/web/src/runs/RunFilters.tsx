import { Button, Select, TextInput } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { IconFilterOff } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { FlowSummary } from "../contract";
import { type Filters, isFiltered, isSpan, NO_FILTERS, SPANS, STATUSES, withFilter } from "./filters";
import classes from "./RunList.module.css";
import type { Outcome } from "./useOutcomes";

type Props = {
  readonly filters: Filters;
  readonly flows: readonly FlowSummary[];
  readonly outcomes: readonly Outcome[];
  readonly onChange: (filters: Filters) => void;
};

const CUSTOM = "custom";
const DAY_MS = 86_400_000;

/** Which runs to show. */
export function RunFilters({ filters, flows, outcomes, onChange }: Props) {
  const { t } = useTranslation("runs");
  const set = <K extends keyof Filters>(name: K, value: Filters[K]) => onChange(withFilter(filters, name, value));
  const setVisitor = useDebouncedCallback((visitor: string) => set("visitor", visitor), 300);
  const isCustom = filters.until !== "" || (filters.since !== "" && !isSpan(filters.since));
  const spans = Object.keys(SPANS).map((span) => ({ value: span, label: t(`span.${span}`) }));
  const setTime = (value: string | null): void => {
    const since = value === CUSTOM ? new Date(Date.now() - DAY_MS).toISOString() : (value ?? "");
    onChange({ ...filters, since, until: "" });
  };
  return (
    <div className={classes.filters} role="search" aria-label={t("title")}>
      <Select
        label={t("flow")}
        placeholder={t("anyFlow")}
        data={flows.map(({ flow, name }) => ({ value: flow, label: name || flow }))}
        value={filters.flow || null}
        onChange={(flow) => set("flow", flow ?? "")}
        searchable
        clearable
      />
      <Select
        label={t("status")}
        placeholder={t("anyStatus")}
        data={STATUSES.map((status) => ({ value: status, label: t(`status.${status}`) }))}
        value={filters.status || null}
        onChange={(status) => set("status", STATUSES.find((each) => each === status) ?? "")}
        clearable
      />
      <Select
        label={t("outcome")}
        placeholder={t(filters.flow ? "anyOutcome" : "outcomeNeedsFlow")}
        data={[...outcomes]}
        value={filters.outcome || null}
        onChange={(outcome) => set("outcome", outcome ?? "")}
        nothingFoundMessage={t("noOutcome")}
        disabled={filters.flow === ""}
        searchable
        clearable
      />
      <TextInput
        key={filters.visitor}
        label={t("visitor")}
        placeholder={t("anyVisitor")}
        defaultValue={filters.visitor}
        onChange={({ currentTarget }) => setVisitor(currentTarget.value.trim())}
      />
      <Select
        label={t("time")}
        placeholder={t("anyTime")}
        data={[...spans, { value: CUSTOM, label: t("customTime") }]}
        value={isCustom ? CUSTOM : filters.since || null}
        onChange={setTime}
        clearable
      />
      {isCustom && (
        <>
          <Moment label={t("from")} value={filters.since} onChange={(since) => set("since", since)} />
          <Moment label={t("to")} value={filters.until} onChange={(until) => set("until", until)} />
        </>
      )}
      {isFiltered(filters) && (
        <Button
          variant="subtle"
          color="gray"
          leftSection={<IconFilterOff size={16} aria-hidden />}
          onClick={() => onChange(NO_FILTERS)}
        >
          {t("clear")}
        </Button>
      )}
    </div>
  );
}

type MomentProps = { readonly label: string; readonly value: string; readonly onChange: (at: string) => void };

/** A time of the reader's own zone. */
function Moment({ label, value, onChange }: MomentProps) {
  return (
    <TextInput
      type="datetime-local"
      label={label}
      value={isSpan(value) || value === "" ? "" : local(value)}
      onChange={({ currentTarget: { value: written } }) => onChange(written && new Date(written).toISOString())}
    />
  );
}

function local(at: string): string {
  const time = new Date(at);
  return new Date(time.getTime() - time.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}
