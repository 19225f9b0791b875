import { useEffect, useSyncExternalStore } from "react";
import { useLive } from "../api/live";
import { Outbox } from "./outbox";
import type { Outgoing } from "./outgoing";

const outboxes = new Map<string, Outbox>();

/** The outbox of whoever is signed in: one for all pages of this tab. */
export function outboxOf(agent: string): Outbox {
  const found = outboxes.get(agent) ?? new Outbox(agent);
  outboxes.set(agent, found);
  return found;
}

/** What waits to be sent, and the way to send more. */
export function useOutbox(agent: string): { readonly outbox: Outbox; readonly waiting: readonly Outgoing[] } {
  const outbox = outboxOf(agent);
  const waiting = useSyncExternalStore(outbox.subscribe, () => outbox.waiting);
  const { link } = useLive();
  useEffect(() => {
    if (link === "up") outbox.pump();
  }, [link, outbox]);
  return { outbox, waiting };
}
