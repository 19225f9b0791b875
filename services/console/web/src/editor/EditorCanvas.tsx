import { type KeyboardEvent, useMemo } from "react";
import { FlowCanvas } from "../canvas/FlowCanvas";
import type { Marks } from "../canvas/marks";
import { type CanvasActions, CanvasActionsContext } from "../canvas/useCanvasActions";
import classes from "./Editor.module.css";
import { LinkLine } from "./LinkLine";
import { type Linking, useLink } from "./linking";
import { useTroubles } from "./ProblemsProvider";
import { useConnecting } from "./useConnecting";
import { useEditor } from "./useEditor";
import { type Adding, useFlowProps } from "./useFlowProps";
import { useLatest } from "../canvas/useLatest";

type Props = {
  readonly linking: Linking;
  readonly marks: Marks | undefined;
  readonly focus: string | null;
  readonly onAdd: Adding;
  readonly onKeyDown: (event: KeyboardEvent<HTMLElement>) => void;
};

/** The canvas on which the flow is edited. */
export function EditorCanvas({ linking, marks, focus, onAdd, onKeyDown }: Props) {
  const editor = useEditor();
  const { definition, selection, openPanel, isReadOnly } = editor;
  const troubles = useTroubles();
  const latest = useLatest({ ...editor, ...useConnecting(linking) });
  const link = useLink(linking);
  const { flow, moving, isConnecting } = useFlowProps(linking, onAdd);
  const actions = useMemo<CanvasActions>(
    () => ({
      open: openPanel,
      link: (id, outcome) => latest.current.begin(id, outcome),
      accept: (id) => void latest.current.accept(id),
      reword: (id, text) => {
        const comment = latest.current.definition.comments?.[id];
        if (comment && text !== null) latest.current.apply({ type: "put_comment", id, comment: { ...comment, text } });
      },
    }),
    [latest, openPanel],
  );
  return (
    <CanvasActionsContext value={actions}>
      <div
        className={classes["canvas"]}
        data-linking={link !== null || isConnecting || undefined}
        data-read-only={isReadOnly || undefined}
        onKeyDown={onKeyDown}
      >
        <FlowCanvas
          definition={definition}
          marks={marks}
          troubles={troubles}
          selected={selection}
          moving={moving}
          focus={focus}
          hasMinimap
          flow={flow}
        >
          <LinkLine linking={linking} />
        </FlowCanvas>
      </div>
    </CanvasActionsContext>
  );
}
