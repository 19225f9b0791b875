import { useReactFlow } from "@xyflow/react";
import { type KeyboardEvent, useCallback, useEffect } from "react";
import { FIT } from "../canvas/CanvasControls";
import { NOTE_MARK } from "../canvas/boxes";
import { GRID } from "../canvas/geometry";
import { placesOf } from "../graph/placing";
import { writeNote } from "./focusing";
import type { Linking } from "./linking";
import { useConnecting } from "./useConnecting";
import { useEditor } from "./useEditor";
import { useLatest } from "../canvas/useLatest";
import { useRemoval } from "./useRemoval";
import { neighbour, type Way } from "./walking";

type Opening = { readonly search: () => void; readonly help: () => void; readonly arrange: () => void; readonly focusOn: (id: string) => void };

type Step = { readonly way: Way; readonly by: readonly [number, number] };

const STEPS: Readonly<Record<string, Step>> = {
  ArrowLeft: { way: "ArrowLeft", by: [-1, 0] },
  ArrowRight: { way: "ArrowRight", by: [1, 0] },
  ArrowUp: { way: "ArrowUp", by: [0, -1] },
  ArrowDown: { way: "ArrowDown", by: [0, 1] },
};

/** Every key of the editor: those of the whole page, and (returned) those of the canvas. */
export function useKeys(linking: Linking, opening: Opening): (event: KeyboardEvent<HTMLElement>) => void {
  const editor = useEditor();
  const remove = useRemoval();
  const { accept, beginNext } = useConnecting(linking);
  const { zoomIn, zoomOut, fitView } = useReactFlow();
  const page = useLatest((event: globalThis.KeyboardEvent) => {
    const isMain = event.ctrlKey || event.metaKey;
    const isWriting = event.target instanceof Element && event.target.closest("input, textarea, select, [contenteditable]") !== null;
    const key = event.key.toLowerCase();
    if (event.defaultPrevented || event.target instanceof Element && event.target.closest("[role=dialog]")) return;
    const act = (what: () => void) => {
      event.preventDefault();
      what();
    };
    if (key === "escape" && linking.get()) return act(() => linking.set(null));
    if (key === "escape" && editor.panel !== null) return act(() => closePanel(editor.panel, editor.openPanel));
    if (isMain && key === "z" && !isWriting) return act(event.shiftKey ? editor.redo : editor.undo);
    if (isMain && key === "y" && !isWriting) return act(editor.redo);
    if (isMain && key === "f") return act(opening.search);
    if (isWriting || isMain || event.altKey) return;
    if (key === "?") return act(opening.help);
    if (key === "/") return act(opening.search);
  });
  useEffect(() => {
    const listen = (event: globalThis.KeyboardEvent) => page.current(event);
    document.addEventListener("keydown", listen);
    return () => document.removeEventListener("keydown", listen);
  }, [page]);

  const canvas = useLatest((event: KeyboardEvent<HTMLElement>) => {
    const { definition, selection, apply, select, openPanel } = editor;
    const focused = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-id]")?.dataset["id"] : undefined;
    if (event.target instanceof Element && event.target.closest("input, textarea, select, button")) return;
    const isMain = event.ctrlKey || event.metaKey;
    // Whoever came to a box by the keyboard means that one; a box that was clicked earlier may still have the focus.
    const isMeant = event.target instanceof Element && event.target.matches(":focus-visible");
    const isAlone = focused !== undefined && !selection.has(focused) && (isMeant || selection.size === 0);
    const chosen = isAlone ? [focused] : [...selection];
    const node = focused !== undefined && focused in definition.nodes ? focused : null;
    const act = (what: () => void) => {
      event.preventDefault();
      event.stopPropagation();
      what();
    };
    const step = STEPS[event.key];
    if (step && (event.altKey || isMain)) {
      const to = neighbour(definition, node ?? chosen.find((id) => id in definition.nodes) ?? null, step.way);
      return to === null ? undefined : act(() => opening.focusOn(to));
    }
    if (step && !editor.isReadOnly) return act(() => nudge(chosen, step.by, event.shiftKey ? 5 : 1));
    switch (event.key) {
      case "Enter":
        if (node !== null && accept(node)) return act(() => undefined);
        if (node !== null) return act(() => openPanel(node));
        if (focused?.startsWith(NOTE_MARK)) return act(() => writeNote(focused));
        return focused === undefined ? undefined : act(() => select([focused]));
      case " ":
        return focused === undefined ? undefined : act(() => select(toggled(selection, focused, event.shiftKey || isMain)));
      case "Delete":
      case "Backspace":
        return act(() => remove(chosen));
      case "c":
      case "C":
        return node !== null && !isMain ? act(() => beginNext(node)) : undefined;
      case "l":
      case "L":
        return isMain ? undefined : act(opening.arrange);
      case "0":
        return isMain ? undefined : act(() => void fitView(FIT));
      case "+":
      case "=":
        return isMain ? undefined : act(() => void zoomIn());
      case "-":
        return isMain ? undefined : act(() => void zoomOut());
      case "a":
        return isMain ? act(() => select(Object.keys(definition.nodes))) : undefined;
      default:
        return undefined;
    }

    function nudge(ids: readonly string[], [x, y]: readonly [number, number], far: number): void {
      const places = placesOf(definition);
      const moved = ids.flatMap((id) => {
        const place = places.get(id);
        return place && id in definition.nodes ? [[id, [place[0] + x * far * GRID, place[1] + y * far * GRID]]] : [];
      });
      if (moved.length > 0) apply({ type: "move", places: Object.fromEntries(moved) }, `move ${ids.join(" ")}`);
    }
  });
  return useCallback((event) => canvas.current(event), [canvas]);
}

/** The panel goes, and the keyboard is back at its node. */
function closePanel(id: string | null, openPanel: (node: string | null) => void): void {
  openPanel(null);
  requestAnimationFrame(() => document.querySelector<HTMLElement>(`.react-flow__node[data-id="${id}"]`)?.focus());
}

function toggled(selection: ReadonlySet<string>, key: string, isMore: boolean): ReadonlySet<string> {
  if (!isMore) return new Set([key]);
  const others = new Set(selection);
  if (!others.delete(key)) others.add(key);
  return others;
}
