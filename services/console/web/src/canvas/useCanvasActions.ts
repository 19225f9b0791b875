import { createContext, useContext } from "react";

/** What boxes can be asked for; nothing, on a canvas that only shows. The object never changes. */
export type CanvasActions = {
  /** The panel of this node. */
  readonly open: (id: string) => void;
  /** The line that follows the pointer, from this outcome on. */
  readonly link: (id: string, outcome: string) => void;
  /** The end of that line. */
  readonly accept: (id: string) => void;
  /** Another text for this comment; null: the same. Either way its editing is over. */
  readonly reword: (id: string, text: string | null) => void;
};

export const CanvasActionsContext = createContext<CanvasActions | null>(null);

export function useCanvasActions(): CanvasActions | null {
  return useContext(CanvasActionsContext);
}
