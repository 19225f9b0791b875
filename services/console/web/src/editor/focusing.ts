/** Frames. */
const PATIENCE = 20;

/** Give the keyboard to a node's box, which may not be drawn yet: only boxes in sight are. */
export function focusBox(id: string): void {
  once(id, "", (box) => box.focus({ preventScroll: true }));
}

/** Open a comment for writing. */
export function writeNote(id: string): void {
  once(id, " [data-note]", (note) => note.dispatchEvent(new MouseEvent("dblclick", { bubbles: true })));
}

function once(id: string, part: string, act: (element: HTMLElement) => void, patience = PATIENCE): void {
  requestAnimationFrame(() => {
    const element = document.querySelector<HTMLElement>(`.react-flow__node[data-id="${id}"]${part}`);
    if (element) act(element);
    else if (patience > 0) once(id, part, act, patience - 1);
  });
}
