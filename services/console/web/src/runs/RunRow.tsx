import { memo } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import type { RunSummary } from "../contract";
import classes from "./RunList.module.css";
import { StatusBadge } from "./StatusBadge";
import { Time } from "./Time";
import { tookOf } from "./times";
import type { Names } from "./useNames";

type Props = {
  readonly run: RunSummary;
  /** From 0. */
  readonly place: number;
  readonly top: number;
  readonly isActive: boolean;
  readonly now: number;
  readonly isExact: boolean;
  readonly names: Names;
  readonly onOpen: (run: RunSummary) => void;
  readonly onFocus: (place: number) => void;
};

/** One run of the list; drawn again only when something of it is another. */
export const RunRow = memo(function RunRow(props: Props) {
  const { run, place, top, isActive, now, isExact, names, onOpen, onFocus } = props;
  const { t, i18n } = useTranslation("runs");
  const took = tookOf(run, i18n.language);
  // Where a completed run ended says nothing.
  const where = run.error ?? (run.status === "completed" ? "" : (run.node ?? ""));
  return (
    <div
      role="row"
      aria-rowindex={place + 2}
      tabIndex={isActive ? 0 : -1}
      data-place={place}
      data-run={run.run}
      className={`${classes.line} ${classes.row}`}
      style={{ transform: `translateY(${top}px)` }}
      onClick={(event) => {
        if (!(event.target instanceof Element && event.target.closest("a"))) onOpen(run);
      }}
      onFocus={() => onFocus(place)}
    >
      <span role="gridcell" className={classes.cell}>
        <StatusBadge status={run.status} />
      </span>
      <span role="gridcell" className={classes.cell}>
        <Link
          href={`/runs/${run.run}`}
          tabIndex={-1}
          className={classes.strong ?? ""}
          aria-label={t("openRun", { flow: names.flow(run.flow) })}
        >
          {names.flow(run.flow)}
        </Link>{" "}
        <span className={classes.faint}>v{run.version}</span>
      </span>
      <span role="gridcell" className={`${classes.cell} ${classes.wide}`}>
        {t(`trigger.${run.trigger}`, run.trigger)}
      </span>
      <span role="gridcell" className={`${classes.cell} ${classes.middle} ${classes.mono}`}>
        <Link href={`/visitors/${run.visitor}`} tabIndex={-1} title={run.visitor}>
          {run.visitor}
        </Link>
      </span>
      <span role="gridcell" className={`${classes.cell} ${classes.wide}`} title={where}>
        {where}
      </span>
      <span role="gridcell" className={`${classes.cell} ${classes.number}`}>
        <Time at={run.started_at} now={now} isExact={isExact} />
      </span>
      <span role="gridcell" className={`${classes.cell} ${classes.wide} ${classes.number} ${classes.faint}`}>
        {took}
      </span>
    </div>
  );
});
