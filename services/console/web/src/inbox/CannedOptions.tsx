import { useTranslation } from "react-i18next";
import type { CannedMessagePreview } from "../contract";
import { EmptyState } from "./EmptyState";
import classes from "./Inbox.module.css";

type Props = {
  readonly messages: readonly CannedMessagePreview[];
  readonly active: string;
  readonly hasAny: boolean;
  readonly onPick: (text: string) => void;
};

/** Canned replies, filled in; what could not be is said below each. */
export function CannedOptions({ messages, active, hasAny, onPick }: Props) {
  const { t } = useTranslation("inbox");
  if (messages.length === 0) {
    return <EmptyState title={t(hasAny ? "noCannedMatch" : "noCanned")} hint={hasAny ? "" : t("noCannedHint")} />;
  }
  return (
    <ul id="canned-options" role="listbox" aria-label={t("canned")} className={classes.options}>
      {messages.map(({ id, text, problem, empty }) => (
        <li
          key={id}
          id={`canned-${id}`}
          role="option"
          aria-selected={id === active}
          className={classes.option}
          ref={(option) => {
            if (id === active) option?.scrollIntoView({ block: "nearest" });
          }}
          onClick={() => onPick(text)}
        >
          <span className={classes.optionName}>{id}</span>
          <span className={classes.optionText}>{text}</span>
          {problem && <span className={classes.warning}>{t("cannedProblem", { problem })}</span>}
          {!problem && empty && empty.length > 0 && (
            <span className={classes.warning}>{t("cannedEmpty", { names: empty.join(", ") })}</span>
          )}
        </li>
      ))}
    </ul>
  );
}
