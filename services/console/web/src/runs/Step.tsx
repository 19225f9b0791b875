import { Text } from "@mantine/core";
import { IconEyeOff } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { Effects } from "./Effects";
import { EventLine, type NodeName } from "./EventLine";
import { factsOf, named, readBy, setBy } from "./facts";
import { Note } from "./Note";
import { Readings } from "./Readings";
import classes from "./Run.module.css";
import { isWithheld, type Moment } from "./timeline";
import { exact, span } from "./times";
import type { Names } from "./useNames";
import { WhatToDo } from "./WhatToDo";

type Props = { readonly moment: Moment; readonly nodeName: NodeName; readonly names: Names };

/** One step: the outcome taken, what was read and done, and how long it took to come to it. */
export function Step({ moment, nodeName, names }: Props) {
  const { t, i18n } = useTranslation("runs");
  const { event } = moment;
  const facts = factsOf(event);
  const read = readBy(event);
  const variables = named(moment.variables);
  const isNode = event.type === "run.node_completed.v1";
  return (
    <section className={classes.step} aria-label={t("step", { seq: event.seq, count: event.seq })} data-step={event.seq}>
      <header className={classes.stepHead}>
        <EventLine event={event} nodeName={nodeName} />
        <Text size="xs" c="dimmed">
          <time dateTime={event.at}>{exact(event.at, i18n.language)}</time>
          {event.seq > 1 && ` · ${moment.since > 0 ? t("later", { span: span(moment.since, i18n.language) }) : t("atOnce")}`}
          {moment.elapsed > 0 && ` · ${t("sinceStart", { span: span(moment.elapsed, i18n.language) })}`}
        </Text>
      </header>
      {isNode && (
        <p className={classes.way}>
          {t("outcomeTaken")} <b>{event.outcome}</b>
          <span aria-hidden> → </span>
          {event.next ? nodeName(event.next) : t("nowhere")}
        </p>
      )}
      {event.type === "run.waiting.v1" && (
        <p className={classes.way}>
          {t("event.waitsFor", { outcomes: event.for.join(" / ") })}, {t("event.until", { time: exact(event.until, i18n.language).slice(0, 19) })}
        </p>
      )}
      {isNode && event.code && <WhatToDo code={event.code} detail={event.detail ?? ""} />}
      {event.type === "run.failed.v1" && <WhatToDo code={event.code} detail={event.detail} />}
      {event.type === "run.cancelled.v1" && event.reason && <p className={classes.way}>{event.reason}</p>}
      {isWithheld(event) && (
        <Note tone="quiet" Icon={IconEyeOff}>
          <p>{t("withheld")}</p>
        </Note>
      )}
      <Readings title={t("read")} readings={facts} names={names} />
      <Readings title={t(event.type === "run.started.v1" ? "variables" : "readVariables")} readings={read} names={names} />
      <Readings title={t("sets")} readings={setBy(event)} names={names} />
      <Effects event={event} names={names} />
      {isNode && facts.length + read.length === 0 && (
        <Text size="sm" c="dimmed">
          {t("readNothing")}
        </Text>
      )}
      {variables.length > 0 && event.type !== "run.started.v1" && (
        <details className={classes.known}>
          <summary>{t("known")}</summary>
          <Readings title="" readings={variables} names={names} />
        </details>
      )}
    </section>
  );
}
