import { type RefObject, useCallback, useLayoutEffect, useRef, useState } from "react";
import type { Item } from "./timeline";

const NEAR = 60;
const SOON = 600;

type Anchor = { readonly key: string; readonly top: number };

/**
 * Keeps what somebody reads where it is, whatever is added above or taken away: the end stays the end, else the first
 * item in sight stays in its place. `onTop` and `onBottom` are called as the ends come near.
 */
export function useScroll(
  scroller: RefObject<HTMLDivElement | null>,
  items: readonly Item[],
  ends: { readonly onTop: () => void; readonly onBottom: () => void },
): { readonly isAtEnd: boolean; readonly toEnd: () => void; readonly onScroll: () => void; readonly toKey: (key: string) => void } {
  const [isAtEnd, setAtEnd] = useState(true);
  const anchor = useRef<Anchor | null>(null);
  const wasAtEnd = useRef(true);
  const onScroll = useCallback(() => {
    const box = scroller.current;
    if (!box) return;
    const left = box.scrollHeight - box.scrollTop - box.clientHeight;
    wasAtEnd.current = left < NEAR;
    setAtEnd(wasAtEnd.current);
    anchor.current = firstInSight(box);
    if (box.scrollTop < SOON) ends.onTop();
    if (left < SOON) ends.onBottom();
  }, [scroller, ends]);
  const toEnd = useCallback(() => {
    const box = scroller.current;
    if (box) box.scrollTop = box.scrollHeight;
  }, [scroller]);
  const toKey = useCallback(
    (key: string) => {
      const box = scroller.current;
      const found = box?.querySelector(`[data-key="${CSS.escape(key)}"]`);
      if (!box || !found) return;
      found.scrollIntoView({ block: "center" });
      // Not left to the event, which comes later: what is added until then must not lead back.
      wasAtEnd.current = false;
      anchor.current = firstInSight(box);
    },
    [scroller],
  );
  useLayoutEffect(() => {
    const box = scroller.current;
    if (!box) return;
    if (wasAtEnd.current) box.scrollTop = box.scrollHeight;
    else if (anchor.current) {
      const { key, top } = anchor.current;
      const found = box.querySelector(`[data-key="${CSS.escape(key)}"]`);
      if (found) box.scrollTop += found.getBoundingClientRect().top - box.getBoundingClientRect().top - top;
    }
    onScroll();
  }, [scroller, items, onScroll]);
  return { isAtEnd, toEnd, onScroll, toKey };
}

function firstInSight(box: HTMLElement): Anchor | null {
  const edge = box.getBoundingClientRect().top;
  for (const child of box.querySelectorAll<HTMLElement>("[data-key]")) {
    const { top, bottom } = child.getBoundingClientRect();
    if (bottom > edge) return { key: child.dataset["key"] ?? "", top: top - edge };
  }
  return null;
}
