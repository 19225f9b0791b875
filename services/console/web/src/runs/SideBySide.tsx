import { useTranslation } from "react-i18next";
import type { Comparison, Row } from "./comparison";
import classes from "./DecideAgain.module.css";
import type { RunEvent } from "./events";
import { EventLine, type NodeName } from "./EventLine";
import { saysOf } from "./comparison";

type Props = {
  readonly comparison: Comparison;
  readonly seq: number;
  readonly nodeName: NodeName;
  readonly onStep: (seq: number) => void;
};

/** Both timelines, step beside step; where they differ is marked. */
export function SideBySide({ comparison, seq, nodeName, onStep }: Props) {
  const { t } = useTranslation("runs");
  const { rows, leavesAt } = comparison;
  return (
    <table className={classes.rows}>
      <thead>
        <tr>
          <th scope="col" aria-label="#" />
          <th scope="col">{t("recordedPath")}</th>
          <th scope="col" data-role="other">
            {t("otherPath")}
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <Line key={row.seq} row={row} isOff={leavesAt !== null && row.seq >= leavesAt} isCurrent={row.seq === seq} nodeName={nodeName} onStep={onStep} />
        ))}
      </tbody>
    </table>
  );
}

type LineProps = {
  readonly row: Row;
  readonly isOff: boolean;
  readonly isCurrent: boolean;
  readonly nodeName: NodeName;
  readonly onStep: (seq: number) => void;
};

function Line({ row, isOff, isCurrent, nodeName, onStep }: LineProps) {
  const { t } = useTranslation("runs");
  return (
    <tr data-off={isOff || undefined} data-current={isCurrent || undefined} data-differs={row.differs || undefined}>
      <th scope="row">
        <button type="button" aria-current={isCurrent ? "step" : undefined} aria-label={t("step", { seq: row.seq, count: row.seq })} onClick={() => onStep(row.seq)}>
          {row.seq}
        </button>
        {row.differs && (
          <span className={classes.sign} title={t("differs")}>
            ≠<span className={classes.hidden}>{t("differs")}</span>
          </span>
        )}
      </th>
      <td>{row.recorded && <Cell event={row.recorded} nodeName={nodeName} />}</td>
      <td data-role="other">{row.other && <Cell event={row.other} nodeName={nodeName} />}</td>
    </tr>
  );
}

function Cell({ event, nodeName }: { readonly event: RunEvent; readonly nodeName: NodeName }) {
  return (
    <>
      <EventLine event={event} nodeName={nodeName} />
      {saysOf(event).map((text, place) => (
        <span key={place} className={classes.says}>
          {text}
        </span>
      ))}
    </>
  );
}
