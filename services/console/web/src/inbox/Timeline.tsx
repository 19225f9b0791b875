import { Button, Center, Loader } from "@mantine/core";
import { IconArrowDown } from "@tabler/icons-react";
import { useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useLatest } from "../canvas/useLatest";
import type { Me, TeamSettings } from "../contract";
import { useNow } from "../runs/useNow";
import { EmptyState } from "./EmptyState";
import type { History, Shown } from "./history";
import classes from "./Inbox.module.css";
import type { Outbox } from "./outbox";
import type { Outgoing } from "./outgoing";
import { TimelineItem } from "./TimelineItem";
import { timeline } from "./timeline";
import { useReading } from "./useReading";
import { useScroll } from "./useScroll";
import { useUnreadBefore } from "./useUnreadBefore";
import { keyOf } from "./window";

type Props = {
  readonly history: History;
  readonly shown: Shown;
  readonly outgoing: readonly Outgoing[];
  readonly outbox: Outbox;
  readonly around: number | null;
  readonly me: Me;
  readonly team: TeamSettings | null;
  readonly visitorName: string;
  readonly isTyping: boolean;
  /** The place up to which the visitor has seen it. */
  readonly readUpTo: number;
};

/** What was said, by day; older and newer messages come as one scrolls there. */
export function Timeline(props: Props) {
  const { history, shown, outgoing, around, me, isTyping, readUpTo } = props;
  const { t } = useTranslation("inbox");
  const now = useNow();
  const scroller = useRef<HTMLDivElement>(null);
  const seen = useUnreadBefore(history.visitor, shown.state === "ready" ? shown.messages : null);
  const items = useMemo(() => timeline(shown.messages, outgoing, seen), [shown.messages, outgoing, seen]);
  const ends = useMemo(
    () => ({ onTop: () => void history.older(), onBottom: () => void history.newer(), isLast: !shown.hasNewer }),
    [history, shown.hasNewer],
  );
  const { isAtEnd, toEnd, onScroll, toKey } = useScroll(scroller, items, ends);
  const last = shown.messages.at(-1)?.seq ?? 0;
  useReading(history.visitor, last, isAtEnd && !shown.hasNewer);
  const target = around === null ? undefined : shown.messages.find(({ seq }) => seq === around);
  const [marked, setMarked] = useState<string | null>(null);
  const targetKey = target && keyOf(target);
  const show = useLatest(toKey);
  useEffect(() => {
    if (!targetKey) return undefined;
    show.current(targetKey);
    setMarked(targetKey);
    const timer = setTimeout(() => setMarked(null), 2_500);
    return () => clearTimeout(timer);
  }, [targetKey]);
  const seenKey = useMemo(() => {
    const own = shown.messages.filter(({ author_kind, kind, seq }) => author_kind === "agent" && kind !== "note" && seq <= readUpTo);
    const newest = own.at(-1);
    return newest ? keyOf(newest) : null;
  }, [shown.messages, readUpTo]);
  if (shown.state === "failed") {
    return (
      <div className={classes.nothing} role="alert">
        <p className={classes.strong}>{t("failed")}</p>
        <p>{shown.reason}</p>
        <Button variant="light" size="compact-sm" onClick={() => void history.open(around)}>
          {t("again")}
        </Button>
      </div>
    );
  }
  return (
    <div className={classes.timelineFrame}>
      <div ref={scroller} className={classes.timeline} onScroll={onScroll} tabIndex={0} role="log" aria-label={t("history")}>
        {(shown.state === "loading" || shown.hasOlder) && (
          <Center p="sm">
            <Loader size="sm" aria-label={t("loading")} />
          </Center>
        )}
        {shown.state === "ready" && items.length === 0 && <EmptyState title={t("noMessages")} hint="" />}
        {items.map((item) => (
          <TimelineItem
            key={item.key}
            item={item}
            now={now}
            me={me}
            team={props.team}
            visitorName={props.visitorName}
            outbox={props.outbox}
            isMarked={item.key === marked}
            isSeen={item.key === seenKey}
          />
        ))}
        <p className={classes.typing} aria-live="polite" data-on={isTyping || undefined}>
          {isTyping && t("typing")}
        </p>
      </div>
      {(!isAtEnd || shown.hasNewer) && (
        <Button
          className={classes.toEnd ?? ""}
          size="compact-sm"
          radius="xl"
          variant="default"
          leftSection={<IconArrowDown size={14} aria-hidden />}
          onClick={() => (shown.hasNewer ? void history.open().then(toEnd) : toEnd())}
        >
          {t("toEnd")}
        </Button>
      )}
    </div>
  );
}
