import { useSyncExternalStore } from "react";

let said = "";
const listeners = new Set<() => void>();

/** Say something to those who do not see the canvas. */
export function announce(text: string): void {
  said = text;
  for (const listen of listeners) listen();
}

/** What was said last. */
export function useAnnounced(): string {
  return useSyncExternalStore(subscribe, () => said);
}

function subscribe(listen: () => void): () => void {
  listeners.add(listen);
  return () => listeners.delete(listen);
}
