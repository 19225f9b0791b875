import { Handle, type NodeProps, Position } from "@xyflow/react";
import { IconAlertTriangleFilled, IconDotsVertical, IconExclamationCircleFilled } from "@tabler/icons-react";
import { memo } from "react";
import { useTranslation } from "react-i18next";
import type { Box, Line, Outcome } from "./boxes";
import { HEAD, linesOf, middleOf, MOST_LINES, ROW } from "./geometry";
import { familyOf, iconOf } from "./icons";
import classes from "./BoxNode.module.css";
import { useCanvasActions } from "./useCanvasActions";

type Props = NodeProps<Box>;

const BORDER = 1;

/** A node: its icon and name, on the left what leads to it, on the right what it can yield. */
export const BoxNode = memo(BoxNodeView, (before, after) => before.data === after.data && before.selected === after.selected);

function BoxNodeView({ id, data, selected }: Props) {
  const Icon = iconOf(data.type);
  return (
    <div className={classes["box"]} data-family={familyOf(data.type)} data-selected={selected || undefined}>
      <div className={classes["head"]}>
        <span className={classes["icon"]}>
          <Icon size={18} stroke={1.7} aria-hidden />
        </span>
        <span className={classes["names"]}>
          <span className={classes["name"]} title={data.name}>
            {data.name}
          </span>
          <span className={classes["type"]}>{data.typeName}</span>
        </span>
        <Marks id={id} data={data} />
      </div>
      <div className={classes["body"]}>
        <Lines lines={data.lines} more={data.more} />
        <div className={classes["outcomes"]}>
          {data.outcomes.map((outcome) => (
            <OutcomeName key={outcome.name} outcome={outcome} />
          ))}
        </div>
      </div>
      <Triangles id={id} data={data} />
    </div>
  );
}

function Marks({ id, data }: Pick<Props, "id" | "data">) {
  const { t } = useTranslation("canvas");
  const actions = useCanvasActions();
  const Trouble = data.trouble?.level === "error" ? IconExclamationCircleFilled : IconAlertTriangleFilled;
  return (
    <span className={classes["marks"]}>
      {data.badge && <span className={classes["badge"]}>{data.badge}</span>}
      {data.trouble && (
        <span className={classes["trouble"]} data-level={data.trouble.level} title={data.trouble.text}>
          <Trouble size={17} aria-hidden />
        </span>
      )}
      {actions && (
        <button
          type="button"
          className={`nodrag nopan ${classes["menu"]}`}
          tabIndex={-1}
          aria-label={t("edit", { name: data.name })}
          onClick={() => actions.open(id)}
        >
          <IconDotsVertical size={16} aria-hidden />
        </button>
      )}
    </span>
  );
}

function Lines({ lines, more }: { readonly lines: readonly Line[]; readonly more: number }) {
  const { t } = useTranslation("canvas");
  return (
    <div className={classes["lines"]}>
      {lines.map((line) => (
        <span key={line.key} className={classes["line"]} title={`${line.source}:${line.outcome}`}>
          <span className={classes["source"]}>{line.source}</span>
          <span>:{line.outcome}</span>
        </span>
      ))}
      {more > 0 && <span className={classes["line"]}>{t("more", { count: more })}</span>}
    </div>
  );
}

function OutcomeName({ outcome }: { readonly outcome: Outcome }) {
  const { t } = useTranslation("canvas");
  return (
    <span
      className={classes["outcome"]}
      data-connected={outcome.isConnected || undefined}
      data-unknown={!outcome.isKnown || undefined}
      title={outcome.isKnown ? outcome.name : t("unknownOutcome", { outcome: outcome.name })}
    >
      {outcome.name}
    </span>
  );
}

/** Where edges begin and end. */
function Triangles({ id, data }: Pick<Props, "id" | "data">) {
  const { t } = useTranslation("canvas");
  const actions = useCanvasActions();
  const input = (handle: string, y: number, kind: string) => (
    <Handle
      key={handle}
      id={handle}
      type="target"
      position={Position.Left}
      className={`${classes["input"]} ${classes[kind]}`}
      style={{ top: y - ROW / 2 - BORDER }}
      isConnectableStart={false}
      title={kind === "open" ? t("connectTo", { name: data.name }) : undefined}
      onClick={() => actions?.accept(id)}
    />
  );
  return (
    <>
      {data.type?.type !== "start" && input("in", HEAD / 2, "open")}
      {data.lines.map((line, place) => input(`in ${line.key}`, middleOf(place), "taken"))}
      {data.more > 0 && input("in more", middleOf(linesOf(MOST_LINES + 1) - 1), "taken")}
      {data.outcomes.map((outcome, place) => (
        <Handle
          key={outcome.name}
          id={`out ${outcome.name}`}
          type="source"
          position={Position.Right}
          className={classes["output"]}
          data-connected={outcome.isConnected || undefined}
          style={{ top: middleOf(place) - ROW / 2 - BORDER }}
          isConnectableEnd={false}
          title={actions ? t("connectFrom", { name: data.name, outcome: outcome.name }) : undefined}
          onClick={(event) => {
            event.stopPropagation();
            actions?.link(id, outcome.name);
          }}
        />
      ))}
    </>
  );
}
