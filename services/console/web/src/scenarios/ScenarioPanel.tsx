import type { Marks } from "../canvas/marks";

/**
 * The scenarios of the flow that is edited, beside its canvas: edited, run, and what they show of it. Inside an editor.
 * `onMarks` gets what is to be drawn on the canvas; null: nothing.
 */
export default function ScenarioPanel(_: { readonly onMarks: (marks: Marks | null) => void; readonly onClose: () => void }) {
  return null;
}
