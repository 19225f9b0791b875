import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import type { RunEvent } from "./events";
import { EventLine, type NodeName } from "./EventLine";
import classes from "./Run.module.css";
import { clock, span } from "./times";

type Props = {
  readonly events: readonly RunEvent[];
  readonly seq: number;
  readonly nodeName: NodeName;
  readonly onStep: (seq: number) => void;
};

const LONG_MS = 100;

/** The run's events from first to last, with the time that passed between them; one of them is shown. */
export function Timeline({ events, seq, nodeName, onStep }: Props) {
  const { t, i18n } = useTranslation("runs");
  const current = useRef<HTMLButtonElement>(null);
  const list = useRef<HTMLOListElement>(null);
  useEffect(() => {
    const [button, frame] = [current.current, list.current];
    if (!button || !frame) return;
    // Only the list moves, never the page.
    const top = button.offsetTop - frame.offsetTop;
    if (top < frame.scrollTop) frame.scrollTop = top - 8;
    else if (top + button.offsetHeight > frame.scrollTop + frame.clientHeight) {
      frame.scrollTop = top + button.offsetHeight - frame.clientHeight + 8;
    }
  }, [seq, events.length]);
  return (
    <ol ref={list} className={classes.timeline} aria-label={t("timeline")}>
      {events.map((event, place) => {
        const before = events[place - 1];
        const gap = before ? Date.parse(event.at) - Date.parse(before.at) : 0;
        const isCurrent = event.seq === seq;
        return (
          <li key={event.seq}>
            {gap >= LONG_MS && <span className={classes.gap}>{t("later", { span: span(gap, i18n.language) })}</span>}
            <button
              ref={isCurrent ? current : undefined}
              type="button"
              className={classes.entry}
              aria-current={isCurrent ? "step" : undefined}
              data-ahead={event.seq > seq || undefined}
              data-seq={event.seq}
              onClick={() => onStep(event.seq)}
            >
              <EventLine event={event} nodeName={nodeName} />
              <time className={classes.clock} dateTime={event.at}>
                {clock(event.at, i18n.language)}
              </time>
            </button>
          </li>
        );
      })}
    </ol>
  );
}
