import { Button } from "@mantine/core";
import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { RunSummary } from "../contract";
import { newerThan } from "./listing";
import classes from "./RunList.module.css";
import { RunRow } from "./RunRow";
import type { Names } from "./useNames";
import { useRowKeys } from "./useRowKeys";

const ROW = 46;
const TITLES = 36;

type Props = {
  readonly runs: readonly RunSummary[];
  readonly hasMore: boolean;
  readonly now: number;
  readonly isExact: boolean;
  readonly names: Names;
  readonly onMore: () => void;
  readonly onOpen: (run: RunSummary) => void;
};

/** Any number of runs: only what can be seen is drawn. New ones do not push away what somebody reads. */
export function RunTable({ runs, hasMore, now, isExact, names, onMore, onOpen }: Props) {
  const { t } = useTranslation("runs");
  const scroller = useRef<HTMLDivElement>(null);
  const [top, setTop] = useState<string | null>(null);
  const held = newerThan(runs, top);
  const shown = held === 0 ? runs : runs.slice(held);
  const rows = useVirtualizer({
    count: shown.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW,
    getItemKey: (place) => shown[place]?.run ?? place,
    overscan: 8,
    scrollPaddingStart: TITLES,
  });
  const open = (place: number): void => {
    const run = shown[place];
    if (run) onOpen(run);
  };
  const { active, setActive, onKeyDown } = useRowKeys(rows, shown.length, open);
  const items = rows.getVirtualItems();
  const last = items.at(-1)?.index ?? 0;
  useEffect(() => {
    if (hasMore && last >= shown.length - 20) onMore();
  }, [hasMore, last, shown.length, onMore]);
  return (
    <div className={classes.frame}>
      {held > 0 && (
        <Button
          size="compact-sm"
          radius="xl"
          className={classes.fresh ?? ""}
          onClick={() => {
            setTop(null);
            rows.scrollToOffset(0);
          }}
        >
          {t("newRuns", { count: held })}
        </Button>
      )}
      <div
        ref={scroller}
        role="grid"
        aria-label={t("title")}
        aria-rowcount={hasMore ? -1 : shown.length + 1}
        aria-description={t("keys")}
        className={classes.grid}
        onKeyDown={onKeyDown}
        onScroll={({ currentTarget }) => {
          if (currentTarget.scrollTop <= ROW) setTop(null);
          else if (top === null) setTop(shown[0]?.run ?? null);
        }}
      >
        <Titles />
        <div role="rowgroup" className={classes.rows} style={{ height: rows.getTotalSize() }}>
          {items.map(({ index, start, key }) => {
            const run = shown[index];
            return (
              run && (
                <RunRow
                  key={key}
                  run={run}
                  place={index}
                  top={start}
                  isActive={index === active}
                  now={now}
                  isExact={isExact}
                  names={names}
                  onOpen={onOpen}
                  onFocus={setActive}
                />
              )
            );
          })}
        </div>
      </div>
    </div>
  );
}

function Titles() {
  const { t } = useTranslation("runs");
  return (
    <div role="rowgroup" className={classes.titles}>
      <div role="row" aria-rowindex={1} className={classes.line} style={{ height: "100%" }}>
        <span role="columnheader">{t("status")}</span>
        <span role="columnheader">{t("flow")}</span>
        <span role="columnheader" className={classes.wide}>
          {t("trigger")}
        </span>
        <span role="columnheader" className={classes.middle}>
          {t("visitor")}
        </span>
        <span role="columnheader" className={classes.wide}>
          {t("node")}
        </span>
        <span role="columnheader">{t("started")}</span>
        <span role="columnheader" className={classes.wide}>
          {t("took")}
        </span>
      </div>
    </div>
  );
}
