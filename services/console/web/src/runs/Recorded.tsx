import { Text } from "@mantine/core";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { Appearance, FlowDefinition, RunHistory } from "../contract";
import type { NodeName } from "./EventLine";
import { marksAt } from "./marks";
import { Missing } from "./Missing";
import classes from "./Run.module.css";
import { RunCanvas } from "./RunCanvas";
import { Scrubber } from "./Scrubber";
import { Step } from "./Step";
import { Timeline } from "./Timeline";
import { momentAt } from "./timeline";
import { clock } from "./times";
import type { Names } from "./useNames";
import { usePlayer } from "./usePlayer";
import type { Said } from "./useSaid";
import { useStepKeys } from "./useStepKeys";
import { widgetAt } from "./widget";
import { WidgetView } from "./WidgetView";

type Props = {
  readonly history: RunHistory;
  readonly definition: FlowDefinition | null;
  /** Why there is no canvas; empty while it comes. */
  readonly noCanvas: string;
  readonly said: Said;
  readonly noSaid: boolean;
  readonly looks: Appearance;
  readonly names: Names;
  readonly nodeName: NodeName;
  readonly seq: number;
  readonly onStep: (seq: number) => void;
};

/** The run as it was, at one of its steps: on the canvas, in the timeline, and in the visitor's window. */
export function Recorded(props: Props) {
  const { history, definition, noCanvas, said, noSaid, looks, names, nodeName, seq, onStep } = props;
  const { t, i18n } = useTranslation("runs");
  const { events } = history;
  const last = events.at(-1)?.seq ?? 1;
  const player = usePlayer(events, seq, onStep);
  useStepKeys(seq, last, onStep, true);
  const moment = useMemo(() => momentAt(events, seq), [events, seq]);
  const marks = useMemo(() => moment && marksAt(events, moment), [events, moment]);
  const widget = useMemo(
    () => widgetAt(events, seq, { said: said.messages, looks, laterBy: 0 }),
    [events, seq, said, looks],
  );
  const isWaiting = moment?.status === "waiting";
  const badge = useMemo(
    () => (isWaiting && moment.current ? { node: moment.current, text: t("status.waiting") } : undefined),
    [isWaiting, moment, t],
  );
  if (!moment || !marks) return null;
  const goTo = (node: string): void => {
    const found = events.find((event) => "node" in event && event.node === node);
    if (found) onStep(found.seq);
  };
  return (
    <div className={classes.columns}>
      <div className={classes.main}>
        <div className={`${classes.panel} ${classes.stage}`}>
          <div className={classes.canvas}>
            {definition ? (
              <RunCanvas definition={definition} marks={marks} focus={moment.current} badge={badge} onNodeClick={goTo} />
            ) : (
              <Missing text={noCanvas} />
            )}
          </div>
          <Scrubber seq={seq} last={last} isPlaying={player.isPlaying} onStep={onStep} onPlay={player.toggle} />
        </div>
        <div className={`${classes.panel} ${classes.lower}`}>
          <Timeline events={events} seq={seq} nodeName={nodeName} onStep={onStep} />
          <Step moment={moment} nodeName={nodeName} names={names} />
        </div>
        <p className={classes.hint}>{t("stepKeys")}</p>
      </div>
      <aside className={classes.side}>
        <Text size="sm" fw={500}>
          {t("widget")}{" "}
          <Text span inherit c="dimmed" fw={400}>
            {t("widgetAt", { time: clock(moment.event.at, i18n.language).slice(0, 8) })}
          </Text>
        </Text>
        <div className={classes.window}>
          <WidgetView state={widget} names={names} label={t("widget")} />
        </div>
        <Notes isPale={widget.lines.some(({ isOwn }) => !isOwn)} isCut={said.isCut} isLost={noSaid} />
      </aside>
    </div>
  );
}

function Notes({ isPale, isCut, isLost }: { readonly isPale: boolean; readonly isCut: boolean; readonly isLost: boolean }) {
  const { t } = useTranslation("runs");
  const words = [isPale && "notThisRun", isCut && "olderLeftOut", isLost && "saidFailed"].filter((word) => word !== false);
  return words.map((word) => (
    <p key={word} className={classes.hint}>
      {t(word)}
    </p>
  ));
}
