import type { FlowDefinition } from "../contract";
import { type Change } from "../graph/change";
import { begin, type History, record, redo, sealed, undo } from "../graph/history";

/** What the editor of one flow knows by itself. */
export type EditorState = {
  readonly history: History;
  /** The version that the document began from; null: it was never published. */
  readonly base: number | null;
  /** Chosen on the canvas: ids of nodes, `note:<id>` of comments, `node OUTCOME` of edges. */
  readonly selection: ReadonlySet<string>;
  /** The node whose panel is open. */
  readonly panel: string | null;
};

/** Something on the canvas that is chosen from now on, or no longer. */
export type Choice = { readonly id: string; readonly selected: boolean };

export type EditorAction =
  | { readonly type: "apply"; readonly change: Change; readonly label: string | null; readonly select: readonly string[] | null }
  | { readonly type: "undo" }
  | { readonly type: "redo" }
  | { readonly type: "seal" }
  | { readonly type: "select"; readonly ids: Iterable<string> }
  | { readonly type: "choose"; readonly choices: readonly Choice[] }
  | { readonly type: "panel"; readonly node: string | null }
  | { readonly type: "load"; readonly definition: FlowDefinition; readonly base: number | null }
  | { readonly type: "rebase"; readonly base: number | null };

export function beginning(definition: FlowDefinition, base: number | null): EditorState {
  return { history: begin(definition), base, selection: new Set(), panel: null };
}

/** The state after an action; what is gone from the document is neither chosen nor open any more. */
export function editorReducer(state: EditorState, action: EditorAction): EditorState {
  switch (action.type) {
    case "apply": {
      const history = record(state.history, action.change, action.label);
      const selection = action.select ? new Set(action.select) : state.selection;
      return history === state.history ? state : present({ ...state, history, selection });
    }
    case "undo":
      return present({ ...state, history: undo(state.history) });
    case "redo":
      return present({ ...state, history: redo(state.history) });
    case "seal":
      return { ...state, history: sealed(state.history) };
    case "select":
      return { ...state, selection: new Set(action.ids) };
    case "choose":
      return { ...state, selection: withChosen(state.selection, action.choices) };
    case "panel":
      return { ...state, panel: action.node };
    case "load":
      return beginning(action.definition, action.base);
    case "rebase":
      return { ...state, base: action.base };
    default:
      return action satisfies never;
  }
}

function present(state: EditorState): EditorState {
  const { nodes, comments } = state.history.present;
  const isThere = (key: string) => {
    const [node = ""] = key.split(" ");
    return key.startsWith("note:") ? key.slice(5) in (comments ?? {}) : node in nodes;
  };
  const left = [...state.selection].filter(isThere);
  const selection = left.length === state.selection.size ? state.selection : new Set(left);
  return { ...state, selection, panel: state.panel !== null && state.panel in nodes ? state.panel : null };
}

function withChosen(before: ReadonlySet<string>, choices: readonly Choice[]): ReadonlySet<string> {
  const chosen = new Set(before);
  for (const { id, selected } of choices) {
    if (selected) chosen.add(id);
    else chosen.delete(id);
  }
  return chosen;
}
