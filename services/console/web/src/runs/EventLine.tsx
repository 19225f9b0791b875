import {
  IconBan, IconCircleCheck, IconCircleDot, IconCircleX, IconClockPause, IconPlayerPlay,
} from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { RunEvent } from "./events";
import classes from "./Run.module.css";

/** What people call a node of the flow. */
export type NodeName = (id: string) => string;

/** What happened, in a line: a sign, the node, and how it went on. */
export function EventLine({ event, nodeName }: { readonly event: RunEvent; readonly nodeName: NodeName }) {
  const { t } = useTranslation("runs");
  switch (event.type) {
    case "run.started.v1": {
      const trigger = t(`trigger.${event.trigger.name}`, event.trigger.name);
      return <Line Icon={IconPlayerPlay} tone="blue" title={t("event.started", { trigger })} />;
    }
    case "run.node_completed.v1": {
      const isFailed = event.outcome === "FAILED";
      return (
        <Line
          Icon={isFailed ? IconCircleX : IconCircleDot}
          tone={isFailed ? "red" : "teal"}
          title={nodeName(event.node)}
          outcome={event.outcome}
        />
      );
    }
    case "run.waiting.v1":
      return <Line Icon={IconClockPause} tone="yellow" title={nodeName(event.node)} outcome={t("event.waiting")} isWait />;
    case "run.completed.v1":
      return <Line Icon={IconCircleCheck} tone="teal" title={t("event.completed")} />;
    case "run.failed.v1":
      return <Line Icon={IconCircleX} tone="red" title={t("event.failed")} />;
    default:
      return (
        <Line
          Icon={IconBan}
          tone="gray"
          title={t(event.by === "flow" ? "event.cancelledByFlow" : "event.cancelled", { by: event.by })}
        />
      );
  }
}

type LineProps = {
  readonly Icon: typeof IconBan;
  readonly tone: string;
  readonly title: string;
  readonly outcome?: string;
  readonly isWait?: boolean;
};

function Line({ Icon, tone, title, outcome, isWait = false }: LineProps) {
  return (
    <span className={classes.event} data-tone={tone}>
      <Icon size={16} stroke={2} aria-hidden className={classes.sign} />
      <span className={classes.eventTitle}>{title}</span>
      {outcome !== undefined && (
        <span className={classes.outcome} data-failed={outcome === "FAILED" || undefined} data-wait={isWait || undefined}>
          {outcome}
        </span>
      )}
    </span>
  );
}
