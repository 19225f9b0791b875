import { Anchor, Text } from "@mantine/core";
import type { UseQueryResult } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import type { RunSummary } from "../contract";
import { StatusBadge } from "../runs/StatusBadge";
import { Time } from "../runs/Time";
import type { Names } from "../runs/useNames";
import classes from "./Visitor.module.css";

type Props = {
  readonly runs: UseQueryResult<RunSummary[]>;
  readonly now: number;
  readonly names: Names;
};

/** The visitor's newest runs. */
export function VisitorRuns({ runs, now, names }: Props) {
  const { t } = useTranslation("runs");
  if (runs.data?.length === 0) {
    return (
      <Text size="sm" c="dimmed" className={`${classes.panel} ${classes.empty}`}>
        {t("noRuns")}
      </Text>
    );
  }
  return (
    <ul className={`${classes.panel} ${classes.runs}`}>
      {(runs.data ?? []).map((run) => (
        <li key={run.run}>
          <StatusBadge status={run.status} />
          <Anchor component={Link} href={`/runs/${run.run}`} size="sm" className={classes.runName ?? ""}>
            {names.flow(run.flow)}
          </Anchor>
          <span className={classes.when}>
            <Time at={run.started_at} now={now} />
          </span>
        </li>
      ))}
    </ul>
  );
}
