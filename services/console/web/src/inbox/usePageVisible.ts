import { useSyncExternalStore } from "react";

/** Whether somebody can be looking: the tab is in front, and its window has the focus. */
export function usePageVisible(): boolean {
  return useSyncExternalStore(subscribe, isPageVisible);
}

/** The same, at this moment. */
export function isPageVisible(): boolean {
  return document.visibilityState === "visible" && document.hasFocus();
}

function subscribe(listen: () => void): () => void {
  document.addEventListener("visibilitychange", listen);
  window.addEventListener("focus", listen);
  window.addEventListener("blur", listen);
  return () => {
    document.removeEventListener("visibilitychange", listen);
    window.removeEventListener("focus", listen);
    window.removeEventListener("blur", listen);
  };
}
