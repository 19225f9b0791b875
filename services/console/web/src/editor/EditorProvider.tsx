import { type ReactNode, useMemo, useReducer } from "react";
import type { Draft, FlowDefinition } from "../contract";
import { beginning, editorReducer } from "./state";
import { type Editor, EditorContext } from "./useEditor";

export type EditorProviderProps = {
  readonly flow: string;
  readonly definition: FlowDefinition;
  readonly base: number | null;
  readonly opened: Draft | null;
  readonly isReadOnly: boolean;
  readonly children: ReactNode;
};

/** Holds the flow that is being edited, with all that was done to it. */
export function EditorProvider({ flow, definition, base, opened, isReadOnly, children }: EditorProviderProps) {
  const [state, dispatch] = useReducer(editorReducer, null, () => beginning(definition, base));
  const ways = useMemo<Ways>(
    () => ({
      apply: (change, label, select) =>
        isReadOnly ? undefined : dispatch({ type: "apply", change, label: label ?? null, select: select ?? null }),
      seal: () => dispatch({ type: "seal" }),
      undo: () => dispatch({ type: "undo" }),
      redo: () => dispatch({ type: "redo" }),
      select: (ids) => dispatch({ type: "select", ids }),
      choose: (choices) => dispatch({ type: "choose", choices }),
      openPanel: (node) => dispatch({ type: "panel", node }),
      load: (other, from) => dispatch({ type: "load", definition: other, base: from }),
      rebase: (from) => dispatch({ type: "rebase", base: from }),
    }),
    [isReadOnly],
  );
  const editor = useMemo<Editor>(
    () => ({
      ...ways,
      flow,
      opened,
      isReadOnly,
      definition: state.history.present,
      base: state.base,
      selection: state.selection,
      panel: state.panel,
      canUndo: state.history.past.length > 0,
      canRedo: state.history.future.length > 0,
    }),
    [ways, flow, opened, isReadOnly, state],
  );
  return <EditorContext value={editor}>{children}</EditorContext>;
}

type Ways = Pick<Editor, "apply" | "seal" | "undo" | "redo" | "select" | "choose" | "openPanel" | "load" | "rebase">;
