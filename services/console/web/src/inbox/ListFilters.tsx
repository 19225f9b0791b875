import { Checkbox, Select } from "@mantine/core";
import { SegmentedControl } from "@mantine/core";
import { useTranslation } from "react-i18next";
import classes from "./Inbox.module.css";
import type { Filters } from "./listing";

type Props = {
  readonly filters: Filters;
  readonly groups: readonly string[];
  readonly onChange: (filters: Filters) => void;
};

const ASSIGNED = ["all", "mine", "unassigned"] as const;

/** Whose conversations are listed. */
export function ListFilters({ filters, groups, onChange }: Props) {
  const { t } = useTranslation("inbox");
  return (
    <div className={classes.filters}>
      <SegmentedControl
        fullWidth
        size="xs"
        aria-label={t("filter")}
        value={filters.assigned}
        onChange={(value) => onChange({ ...filters, assigned: ASSIGNED.find((one) => one === value) ?? "all" })}
        data={ASSIGNED.map((value) => ({ value, label: t(value) }))}
      />
      <div className={classes.filterRow}>
        {groups.length > 0 && (
          <Select
            size="xs"
            className={classes.grow ?? ""}
            aria-label={t("group")}
            placeholder={t("anyGroup")}
            clearable
            data={[...groups]}
            value={filters.group || null}
            onChange={(group) => onChange({ ...filters, group: group ?? "" })}
          />
        )}
        <Checkbox
          size="xs"
          label={t("onlyUnread")}
          checked={filters.unread}
          onChange={({ currentTarget }) => onChange({ ...filters, unread: currentTarget.checked })}
        />
      </div>
    </div>
  );
}
