import { IconMessageCircle, IconRobot, IconSend2, IconUser } from "@tabler/icons-react";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import type { FormField } from "../contract";
import { textOn } from "./colour";
import type { Names } from "./useNames";
import type { Line, WidgetState } from "./widget";
import classes from "./WidgetView.module.css";

type Props = { readonly state: WidgetState; readonly names: Names; readonly label: string };

const ACCENT = "#1d5c4d";

/** A picture of the visitor's window at one instant: nothing in it can be pressed. */
export function WidgetView({ state, names, label }: Props) {
  const { t } = useTranslation("runs");
  const body = useRef<HTMLDivElement>(null);
  const { appearance, lines, ask, isLocked } = state;
  useEffect(() => {
    if (body.current) body.current.scrollTop = body.current.scrollHeight;
  }, [lines.length, ask]);
  const accent = appearance.colour && textOn(appearance.colour) ? appearance.colour : ACCENT;
  // A background that is a picture is left out: the page loads nothing from elsewhere.
  const ground = appearance.background && textOn(appearance.background) ? appearance.background : undefined;
  return (
    <section
      className={classes.window}
      aria-label={label}
      style={{ "--accent": accent, "--on-accent": textOn(accent) ?? "#fff" }}
    >
      <header className={classes.header}>
        <span className={classes.face}>
          <IconMessageCircle size={20} stroke={1.8} aria-hidden />
        </span>
        <span className={classes.heading}>
          <b>{appearance.title || t("widgetTitle")}</b>
          <span>{appearance.reply_time}</span>
        </span>
      </header>
      <div
        ref={body}
        className={classes.body}
        tabIndex={0}
        role="log"
        aria-live="off"
        aria-label={label}
        style={ground === undefined ? {} : { background: ground, "--on-ground": textOn(ground) ?? "inherit" }}
      >
        <p className={classes.welcome}>{appearance.welcome || t("widgetWelcome")}</p>
        {lines.map((line, place) => (
          <Message key={line.id} line={line} isFirst={!isSame(line, lines[place - 1])} names={names} />
        ))}
        {ask?.type === "choices" && (
          <div className={ask.isSurvey ? classes.survey : classes.chips}>
            {ask.choices.map((choice) => (
              <span key={choice} className={classes.chip}>
                {choice}
              </span>
            ))}
          </div>
        )}
        {ask?.type === "form" && <Form fields={ask.fields} />}
      </div>
      <div className={classes.composer} data-locked={isLocked || undefined} aria-hidden>
        <span>{t(isLocked ? "widgetLocked" : "widgetWrite")}</span>
        <IconSend2 size={16} />
      </div>
    </section>
  );
}

function Message({ line, isFirst, names }: { readonly line: Line; readonly isFirst: boolean; readonly names: Names }) {
  const { t } = useTranslation("runs");
  const { kind, id } = line.author;
  const author = kind === "robot" ? t("robot") : kind === "agent" ? names.agent(id) : t("by.visitor");
  const Face = kind === "robot" ? IconRobot : IconUser;
  return (
    <div className={classes.row} data-author={kind} data-own={line.isOwn || undefined} data-first={isFirst || undefined}>
      {kind !== "visitor" && (
        <span className={classes.avatar} title={author}>
          {isFirst && <Face size={15} stroke={1.8} aria-hidden />}
        </span>
      )}
      <div className={classes.column}>
        <span className={classes.hidden}>{author}: </span>
        <div className={classes.bubble}>{line.isDeleted ? <i>{t("deleted")}</i> : line.text}</div>
        {line.filled && <Filled values={line.filled} />}
      </div>
    </div>
  );
}

function Form({ fields }: { readonly fields: readonly FormField[] }) {
  return (
    <div className={classes.form}>
      {fields.map(({ name, label }) => (
        <span key={name} className={classes.field}>
          <span>{label}</span>
          <span className={classes.blank} />
        </span>
      ))}
    </div>
  );
}

function Filled({ values }: { readonly values: Readonly<Record<string, unknown>> }) {
  const { t } = useTranslation("runs");
  return (
    <div className={classes.form}>
      <span className={classes.filled}>✓ {t("filled")}</span>
      {Object.entries(values).map(([name, value]) => (
        <span key={name} className={classes.field}>
          <span>{name}</span>
          <b>{String(value ?? "")}</b>
        </span>
      ))}
    </div>
  );
}

function isSame(line: Line, before: Line | undefined): boolean {
  return before !== undefined && before.author.kind === line.author.kind && before.author.id === line.author.id && before.isOwn === line.isOwn;
}
