import type { FlowDefinition } from "../contract";
import { apply, type Change, invert, together } from "./change";

/** One step of undo: what was done, and what takes it back. */
export type Done = { readonly change: Change; readonly inverse: Change; readonly label: string | null };

/** A document with everything that was done to it, without limit, the last thing last. */
export type History = {
  readonly present: FlowDefinition;
  readonly past: readonly Done[];
  readonly future: readonly Done[];
};

/** A document to which nothing was done yet. */
export function begin(definition: FlowDefinition): History {
  return { present: definition, past: [], future: [] };
}

/**
 * The history with one more step; what was undone before is gone.
 *
 * Steps that follow each other under the same `label` become one: typing into a field is undone as a whole.
 */
export function record(history: History, change: Change, label: string | null = null): History {
  const present = apply(history.present, change);
  if (present === history.present) return history;
  const inverse = invert(history.present, change);
  const last = history.past.at(-1);
  if (label !== null && last?.label === label && history.future.length === 0) {
    const step = overwrites(last.change, change)
      ? { change, inverse: last.inverse, label }
      : { change: together([last.change, change]), inverse: together([inverse, last.inverse]), label };
    return { present, past: [...history.past.slice(0, -1), step], future: [] };
  }
  return { present, past: [...history.past, { change, inverse, label }], future: [] };
}

/** The history after taking back the last step; the very same one when there is none. */
export function undo(history: History): History {
  const last = history.past.at(-1);
  if (!last) return history;
  return {
    present: apply(history.present, last.inverse),
    past: history.past.slice(0, -1),
    future: [last, ...history.future],
  };
}

/** The history after doing again what was taken back last. */
export function redo(history: History): History {
  const [first, ...rest] = history.future;
  if (!first) return history;
  return { present: apply(history.present, first.change), past: [...history.past, first], future: rest };
}

/** The history in which the next step stands by itself, whatever its label. */
export function sealed(history: History): History {
  const last = history.past.at(-1);
  if (!last || last.label === null) return history;
  return { ...history, past: [...history.past.slice(0, -1), { ...last, label: null }] };
}

/** Whether the later change leaves nothing of the earlier one, so that it alone is what has to be done again. */
function overwrites(earlier: Change, later: Change): boolean {
  if (earlier.type === "set_fields" && later.type === "set_fields") {
    return earlier.id === later.id && sameKeys(earlier.fields, later.fields);
  }
  if (earlier.type === "set_flow" && later.type === "set_flow") return sameKeys(earlier.fields, later.fields);
  if (earlier.type === "move" && later.type === "move") return sameKeys(earlier.places, later.places);
  return earlier.type === "put_comment" && later.type === "put_comment" && earlier.id === later.id;
}

function sameKeys(one: object, other: object): boolean {
  return Object.keys(one).length === Object.keys(other).length && Object.keys(one).every((key) => key in other);
}
