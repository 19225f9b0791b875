/** Frames. */
const PATIENCE = 20;

/** Give the keyboard to a node's box, which may not be drawn yet: only boxes in sight are. */
export function focusBox(id: string, patience = PATIENCE): void {
  requestAnimationFrame(() => {
    const box = document.querySelector<HTMLElement>(`.react-flow__node[data-id="${id}"]`);
    if (box) box.focus({ preventScroll: true });
    else if (patience > 0) focusBox(id, patience - 1);
  });
}
