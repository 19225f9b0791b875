import { Anchor, Center, Loader, Stack, Text } from "@mantine/core";
import type { UseQueryResult } from "@tanstack/react-query";
import { IconAlertTriangle, IconBolt, IconEye, IconForms, IconMessage, IconPointer, IconUserEdit, IconWindow, IconX } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { useErrorText } from "../app/useErrorText";
import type { EventExplained } from "../contract";
import { Note } from "../runs/Note";
import { reasonOf } from "../runs/reasons";
import { Time } from "../runs/Time";
import type { Names } from "../runs/useNames";
import classes from "./Visitor.module.css";

const SIGNS: Readonly<Record<string, typeof IconEye>> = {
  widget_loaded: IconEye,
  widget_opened: IconWindow,
  widget_closed: IconX,
  message_sent: IconMessage,
  event_tracked: IconBolt,
  profile_updated: IconUserEdit,
  reply_chosen: IconPointer,
  form_submitted: IconForms,
};

type Props = {
  readonly explained: UseQueryResult<EventExplained[]>;
  readonly now: number;
  readonly names: Names;
};

/** The visitor's events, newest first, each with what became of it. */
export function EventList({ explained, now, names }: Props) {
  const { t } = useTranslation("runs");
  const errorText = useErrorText();
  const { data: events, error } = explained;
  if (!events && error) {
    return (
      <Note tone="bad" Icon={IconAlertTriangle} role="alert">
        <p>{errorText(error)}</p>
      </Note>
    );
  }
  if (!events) {
    return (
      <Center h={160}>
        <Loader aria-label={t("events")} />
      </Center>
    );
  }
  if (events.length === 0) {
    return (
      <Stack gap={4} className={`${classes.panel} ${classes.empty}`}>
        <Text fw={500}>{t("noEvents")}</Text>
        <Text size="sm" c="dimmed">
          {t("noEventsHint")}
        </Text>
      </Stack>
    );
  }
  return (
    <ol className={`${classes.panel} ${classes.events}`}>
      {events.map((event) => (
        <Event key={event.event} event={event} now={now} names={names} />
      ))}
    </ol>
  );
}

function Event({ event, now, names }: { readonly event: EventExplained; readonly now: number; readonly names: Names }) {
  const { t } = useTranslation("runs");
  const [kind = "", ...rest] = event.type.split(" ");
  const Sign = SIGNS[kind] ?? IconBolt;
  const woke = event.woke ?? [];
  return (
    <li className={classes.event} data-started={event.started ? true : undefined} data-type={kind}>
      <Sign size={18} stroke={1.7} aria-hidden className={classes.sign} />
      <div className={classes.what}>
        <span className={classes.type}>{t(`what.${kind}`, { name: rest.join(" "), defaultValue: event.type })}</span>
        {event.started && (
          <span className={classes.became}>
            {t("startedRun")}{" "}
            <Anchor component={Link} href={`/runs/${event.started}`} inherit>
              {names.flow(event.flow ?? "")}
            </Anchor>
          </span>
        )}
        {woke.map((run) => (
          <span key={run} className={classes.became}>
            <Anchor component={Link} href={`/runs/${run}`} inherit>
              {t("wokeRuns")}
            </Anchor>
          </span>
        ))}
        {!event.started && <Why event={event} names={names} />}
      </div>
      <span className={classes.when}>
        <Time at={event.at} now={now} />
      </span>
    </li>
  );
}

function Why({ event, names }: { readonly event: EventExplained; readonly names: Names }) {
  const { t } = useTranslation("runs");
  const sentence = event.reason ?? "";
  const said = reasonOf(sentence);
  const why = said ? t(said.key, said.values) : sentence;
  const run = said?.values["run"];
  if (sentence === "") return null;
  return (
    <span className={classes.why}>
      {(event.woke ?? []).length === 0 && `${t("noneStarted")} · `}
      {event.flow && <b>{names.flow(event.flow)}: </b>}
      {run ? (
        <Anchor component={Link} href={`/runs/${run}`} inherit>
          {why}
        </Anchor>
      ) : (
        why
      )}
    </span>
  );
}
