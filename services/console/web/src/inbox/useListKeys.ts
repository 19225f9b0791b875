import { type KeyboardEvent, useCallback } from "react";

/** ↑ ↓ Home End move the focus between the links of a list. */
export function useListKeys(): (event: KeyboardEvent<HTMLElement>) => void {
  return useCallback((event) => {
    const links = [...event.currentTarget.querySelectorAll<HTMLElement>("a[data-row]")];
    const place = links.findIndex((link) => link === document.activeElement);
    const next = { ArrowDown: place + 1, ArrowUp: place - 1, Home: 0, End: links.length - 1 }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    links[Math.max(0, Math.min(next, links.length - 1))]?.focus();
  }, []);
}
