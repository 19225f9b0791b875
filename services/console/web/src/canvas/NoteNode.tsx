import type { NodeProps } from "@xyflow/react";
import { memo, useState } from "react";
import { useTranslation } from "react-i18next";
import { type Note, NOTE_MARK } from "./boxes";
import classes from "./NoteNode.module.css";
import { useCanvasActions } from "./useCanvasActions";

/** A comment; where it can be edited, a double click or Enter does. */
export const NoteNode = memo(NoteView, (before, after) => before.data === after.data && before.selected === after.selected);

function NoteView({ id, data, selected }: NodeProps<Note>) {
  const { t } = useTranslation("canvas");
  const actions = useCanvasActions();
  const [draft, setDraft] = useState<string | null>(null);
  const end = (text: string | null) => {
    setDraft(null);
    actions?.reword(id.slice(NOTE_MARK.length), text);
  };
  if (draft === null) {
    return (
      <div
        className={classes["note"]}
        data-selected={selected || undefined}
        data-note
        onDoubleClick={() => actions && setDraft(data.text)}
      >
        {data.text || <span className={classes["empty"]}>{t("note")}…</span>}
      </div>
    );
  }
  return (
    <textarea
      className={`nodrag nopan nowheel ${classes["note"]} ${classes["editing"]}`}
      aria-label={t("note")}
      autoFocus
      maxLength={4000}
      value={draft}
      onChange={(event) => setDraft(event.currentTarget.value)}
      onBlur={() => end(draft === data.text ? null : draft)}
      onKeyDown={(event) => {
        event.stopPropagation();
        if (event.key === "Escape") end(null);
        if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) event.currentTarget.blur();
      }}
    />
  );
}
