import type { Virtualizer } from "@tanstack/react-virtual";
import { type KeyboardEvent, useEffect, useRef, useState } from "react";

const PAGE = 10;

/** One row of a long list can have the focus: arrows, Page and Home and End move it, Enter opens. */
export function useRowKeys(
  rows: Virtualizer<HTMLDivElement, Element>,
  count: number,
  open: (place: number) => void,
) {
  const [active, setActive] = useState(0);
  const wanted = useRef<number | null>(null);
  useEffect(() => {
    // The row may only now have been drawn.
    const row = wanted.current === null ? null : rows.scrollElement?.querySelector(`[data-place="${wanted.current}"]`);
    if (!(row instanceof HTMLElement)) return;
    wanted.current = null;
    row.focus({ preventScroll: true });
  });
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.altKey || event.ctrlKey || event.metaKey || count === 0) return;
    if (event.key === "Enter" && event.target instanceof Element && event.target.getAttribute("role") === "row") {
      event.preventDefault();
      open(active);
      return;
    }
    const next = target(event.key, active, count);
    if (next === null) return;
    event.preventDefault();
    wanted.current = next;
    setActive(next);
    rows.scrollToIndex(next);
  };
  return { active: Math.min(active, Math.max(count - 1, 0)), setActive, onKeyDown };
}

function target(key: string, active: number, count: number): number | null {
  const moves: Readonly<Record<string, number>> = {
    ArrowDown: active + 1,
    ArrowUp: active - 1,
    PageDown: active + PAGE,
    PageUp: active - PAGE,
    Home: 0,
    End: count - 1,
  };
  const next = moves[key];
  return next === undefined ? null : Math.min(Math.max(next, 0), count - 1);
}
