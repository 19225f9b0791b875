import { IconAlertTriangle, IconShieldCheck } from "@tabler/icons-react";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { useErrorText } from "../app/useErrorText";
import type { Agent, Appearance, FlowDefinition, RunHistory } from "../contract";
import { nameOf } from "../graph/definition";
import { ChangeForm } from "./ChangeForm";
import { changeable, type Changes, factNamed } from "./changes";
import { compare } from "./comparison";
import classes from "./DecideAgain.module.css";
import { nodeOf } from "./events";
import type { NodeName } from "./EventLine";
import { marksOfBoth, united } from "./marks";
import { Missing } from "./Missing";
import { Note } from "./Note";
import runClasses from "./Run.module.css";
import { RunCanvas } from "./RunCanvas";
import { SideBySide } from "./SideBySide";
import { type By, useAgain, useOther } from "./useAgain";
import { type Names, useFlowList } from "./useNames";
import type { Said } from "./useSaid";
import { useStepKeys } from "./useStepKeys";
import { Verdict } from "./Verdict";
import { Windows } from "./Windows";

type Props = {
  readonly history: RunHistory;
  readonly definition: FlowDefinition | null;
  readonly noCanvas: string;
  readonly said: Said;
  readonly looks: Appearance;
  readonly names: Names;
  readonly nodeName: NodeName;
  readonly agents: readonly Agent[];
};

/** The run decided again, as it was or with something changed; both paths on one canvas. Nothing is sent. */
export function DecideAgain({ history, definition, noCanvas, said, looks, names, nodeName, agents }: Props) {
  const { t } = useTranslation("runs");
  const errorText = useErrorText();
  const { run, events } = history;
  const [changes, setChanges] = useState<Changes>({});
  const [by, setBy] = useState<By>("ran");
  const [asked, setAsked] = useState<readonly string[]>([]);
  const [step, setStep] = useState(Number.POSITIVE_INFINITY);
  const { data: flows } = useFlowList();
  const other = useOther(run.flow, by);
  const flow = by === "ran" ? null : (other.data ?? null);
  const again = useAgain(run.run, events.length, changes, flow, by === "ran" || flow !== null);
  const reply = again.data;
  const isChanged = by !== "ran" || Object.keys(changes).length > 0;
  const comparison = useMemo(() => reply && compare(events, reply, isChanged), [events, reply, isChanged]);
  const facts = useMemo(() => changeable(events, definition), [events, definition]);
  const need = reply?.missing ?? null;
  if (need !== null && !asked.includes(need)) setAsked([...asked, need]);
  const missing = asked.filter((name) => !facts.some((fact) => fact.name === name)).map((name) => factNamed(name));
  const shown = useMemo(() => definition && united(definition, flow), [definition, flow]);
  const marks = useMemo(() => marksOfBoth(events, reply?.events ?? []), [events, reply]);
  const last = comparison?.rows.length ?? 1;
  const seq = Math.min(step, last);
  useStepKeys(seq, last, setStep, true);
  const row = comparison?.rows[seq - 1];
  const focus = row ? ((row.other && nodeOf(row.other)) ?? (row.recorded && nodeOf(row.recorded)) ?? null) : null;
  const called: NodeName = (id) => (shown ? nameOf(shown, id) : nodeName(id));
  const problem = again.error ?? other.error;
  return (
    <div className={runClasses.columns} data-busy={again.isFetching || undefined}>
      <div className={runClasses.main}>
        {problem ? (
          <Note tone="bad" Icon={IconAlertTriangle} title={t("refused")} role="alert" kind="refused">
            <p>{errorText(problem)}</p>
          </Note>
        ) : comparison ? (
          <Verdict comparison={comparison} last={reply?.events.length ?? 0} />
        ) : (
          <Note tone="quiet" Icon={IconShieldCheck} title={t("deciding")}>
            <p>{t("nothingSent")}</p>
          </Note>
        )}
        <div className={`${runClasses.panel} ${runClasses.stage}`}>
          <div className={runClasses.canvas}>
            {shown ? <RunCanvas definition={shown} marks={marks} focus={focus} /> : <Missing text={noCanvas} />}
            <Legend isOther={comparison?.leavesAt != null} />
          </div>
        </div>
        {comparison && reply && (
          <>
            <div className={`${runClasses.panel} ${classes.table}`}>
              <SideBySide comparison={comparison} seq={seq} nodeName={called} onStep={setStep} />
            </div>
            <Windows recorded={events} other={reply.events} seq={seq} laterBy={comparison.laterBy} said={said} looks={looks} names={names} />
          </>
        )}
      </div>
      <aside className={`${runClasses.side} ${classes.aside}`}>
        <div className={runClasses.panel}>
          <ChangeForm
            facts={facts}
            changes={changes}
            missing={missing}
            agents={agents}
            by={by}
            version={run.version}
            versions={flows?.flows.find((each) => each.flow === run.flow)?.versions ?? 0}
            draft={flows?.drafts.find((each) => each.flow === run.flow)}
            onChange={setChanges}
            onBy={setBy}
          />
        </div>
      </aside>
    </div>
  );
}

/** Which colour is which path. */
function Legend({ isOther }: { readonly isOther: boolean }) {
  const { t } = useTranslation("runs");
  const roles = isOther ? (["taken", "other", "both"] as const) : (["both"] as const);
  const words = { taken: "recordedPath", other: "otherPath", both: "bothPaths" } as const;
  return (
    <ul className={runClasses.legend}>
      {roles.map((role) => (
        <li key={role} data-role={role}>
          {t(words[role])}
        </li>
      ))}
    </ul>
  );
}
