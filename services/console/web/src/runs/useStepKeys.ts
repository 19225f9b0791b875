import { useEffect } from "react";

/** ←, →, Home and End step through the run, wherever the focus is but where these keys have a meaning of their own. */
export function useStepKeys(seq: number, last: number, go: (seq: number) => void, isOn: boolean): void {
  useEffect(() => {
    if (!isOn) return undefined;
    const press = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
      if (event.target instanceof Element && event.target.closest(OWN_KEYS)) return;
      const next = { ArrowLeft: seq - 1, ArrowRight: seq + 1, Home: 1, End: last }[event.key];
      if (next === undefined) return;
      event.preventDefault();
      go(Math.min(Math.max(next, 1), last));
    };
    window.addEventListener("keydown", press);
    return () => window.removeEventListener("keydown", press);
  }, [seq, last, go, isOn]);
}

const OWN_KEYS = "input, textarea, select, [contenteditable], [role=slider], [role=dialog], [role=menu], [role=listbox]";
