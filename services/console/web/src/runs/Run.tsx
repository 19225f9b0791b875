import { Button, Center, Loader } from "@mantine/core";
import { IconZoomQuestion } from "@tabler/icons-react";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useLocation, useSearch } from "wouter";
import { ApiError } from "../api/http";
import { useMe } from "../api/useMe";
import { useErrorText } from "../app/useErrorText";
import { nameOf } from "../graph/definition";
import { CancelRun } from "./CancelRun";
import { DecideAgain } from "./DecideAgain";
import { MakeScenario } from "./MakeScenario";
import { Note } from "./Note";
import { Recorded } from "./Recorded";
import classes from "./Run.module.css";
import { RunActions } from "./RunActions";
import { RunHead } from "./RunHead";
import { Standing } from "./Standing";
import { useDefinition } from "./useDefinition";
import { useNames, useTeam } from "./useNames";
import { useRun } from "./useRun";
import { type Said, useSaid } from "./useSaid";
import { useStep } from "./useStep";

const NONE: Said = { messages: [], isCut: false };
const NO_LOOKS = {};

/** One run: what it did step by step, and what it would have done. */
export default function Run({ run: id }: { readonly run: string }) {
  const { t } = useTranslation("runs");
  const [path, navigate] = useLocation();
  const search = useSearch();
  const errorText = useErrorText();
  const [opened, setOpened] = useState<"scenario" | "cancel" | null>(null);
  const { data: me } = useMe();
  const { data: history, error } = useRun(id);
  const definition = useDefinition(id);
  const names = useNames();
  const { data: team } = useTeam();
  const events = useMemo(() => history?.events ?? [], [history]);
  const said = useSaid(history?.run, events.length);
  const [seq, go] = useStep(events);
  const flow = definition.data ?? null;
  const nodeName = useMemo(() => (node: string) => (flow ? nameOf(flow, node) : node), [flow]);
  if (!history || !me) return error ? <Unknown error={error} /> : <Waiting />;
  const isAgain = new URLSearchParams(search).get("view") === "again";
  const show = (again: boolean): void => {
    const params = new URLSearchParams(search);
    if (again) params.set("view", "again");
    else params.delete("view");
    navigate(params.size > 0 ? `${path}?${params}` : path);
  };
  const noCanvas = definition.error
    ? definition.error instanceof ApiError && definition.error.status === 404
      ? t("definitionGone")
      : errorText(definition.error)
    : "";
  const around = { said: said.data ?? NONE, looks: team?.appearance ?? NO_LOOKS, names, nodeName, definition: flow };
  return (
    <div className={classes.page}>
      <RunHead run={history.run} names={names}>
        <RunActions
          run={history.run}
          role={me.role}
          isAgain={isAgain}
          address={addressOf(path, isAgain ? "view=again" : `step=${seq}`)}
          onAgain={show}
          onScenario={flow ? () => setOpened("scenario") : null}
          onCancel={() => setOpened("cancel")}
        />
      </RunHead>
      <Standing events={events} nodeName={nodeName} />
      {isAgain ? (
        <DecideAgain history={history} noCanvas={noCanvas} agents={team?.agents ?? []} {...around} />
      ) : (
        <Recorded history={history} noCanvas={noCanvas} noSaid={said.isError} seq={seq} onStep={go} {...around} />
      )}
      {opened === "scenario" && flow && (
        <MakeScenario run={history.run} definition={flow} canDraft={me.role === "admin"} onClose={() => setOpened(null)} />
      )}
      {opened === "cancel" && <CancelRun run={id} onClose={() => setOpened(null)} />}
    </div>
  );
}

function addressOf(path: string, query: string): string {
  return new URL(`${path}?${query}`, window.location.origin).href;
}

function Waiting() {
  const { t } = useTranslation("runs");
  return (
    <Center h="50vh">
      <Loader aria-label={t("timeline")} />
    </Center>
  );
}

function Unknown({ error }: { readonly error: unknown }) {
  const { t } = useTranslation("runs");
  const errorText = useErrorText();
  const isGone = error instanceof ApiError && error.status === 404;
  return (
    <Note tone={isGone ? "quiet" : "bad"} Icon={IconZoomQuestion} {...(isGone ? { title: t("unknownRun") } : {})} role="alert">
      <p>{isGone ? t("unknownRunHint") : errorText(error)}</p>
      <p>
        <Button component={Link} href="/runs" variant="default" size="sm" mt="xs">
          {t("back")}
        </Button>
      </p>
    </Note>
  );
}
