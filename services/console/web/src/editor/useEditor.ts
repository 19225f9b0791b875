import { createContext, useContext } from "react";
import type { Draft, FlowDefinition } from "../contract";
import type { Change } from "../graph/change";
import type { Choice } from "./state";

/** The flow that is being edited, and every way to edit it. */
export type Editor = {
  readonly flow: string;
  readonly definition: FlowDefinition;
  /** The version that the document began from; null: it was never published. */
  readonly base: number | null;
  /** The draft as it was stored when the editor opened it; null: it opened `base`. */
  readonly opened: Draft | null;
  /** Whether this person may look only. */
  readonly isReadOnly: boolean;
  readonly canUndo: boolean;
  readonly canRedo: boolean;
  /** Chosen on the canvas: ids of nodes, `note:<id>` of comments, `node OUTCOME` of edges. */
  readonly selection: ReadonlySet<string>;
  /** The node whose panel is open. */
  readonly panel: string | null;
  /**
   * Edit. Edits that follow each other under the same label are one step of undo, until `seal`.
   * `select` are chosen afterwards.
   */
  readonly apply: (change: Change, label?: string, select?: readonly string[]) => void;
  readonly seal: () => void;
  readonly undo: () => void;
  readonly redo: () => void;
  readonly select: (ids: Iterable<string>) => void;
  /** Choose some more, and others no longer. */
  readonly choose: (choices: readonly Choice[]) => void;
  readonly openPanel: (node: string | null) => void;
  /** Another document from another version, without a way back. With a way back: `apply` of `replace`. */
  readonly load: (definition: FlowDefinition, base: number | null) => void;
  /** The document is published, or goes on from another version, as it is. */
  readonly rebase: (base: number | null) => void;
};

export const EditorContext = createContext<Editor | null>(null);

/** The editor around; its functions never change. Throws outside of one. */
export function useEditor(): Editor {
  const editor = useContext(EditorContext);
  if (!editor) throw new Error("there is no editor around");
  return editor;
}
