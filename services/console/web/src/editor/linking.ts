import { useSyncExternalStore } from "react";

/** The outcome from which somebody is about to connect, until the next node is chosen. */
export type Link = { readonly node: string; readonly outcome: string };

/** Kept apart from the document: boxes need not be drawn again for it. */
export type Linking = {
  readonly get: () => Link | null;
  readonly set: (link: Link | null) => void;
  readonly subscribe: (listen: () => void) => () => void;
};

export function newLinking(): Linking {
  let link: Link | null = null;
  const listeners = new Set<() => void>();
  return {
    get: () => link,
    set: (next) => {
      link = next;
      for (const listen of listeners) listen();
    },
    subscribe: (listen) => {
      listeners.add(listen);
      return () => listeners.delete(listen);
    },
  };
}

export function useLink(linking: Linking): Link | null {
  return useSyncExternalStore(linking.subscribe, linking.get);
}
