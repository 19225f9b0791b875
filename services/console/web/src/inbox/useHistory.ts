import { useCallback, useEffect, useMemo, useSyncExternalStore } from "react";
import { useLiveFrames } from "../api/live";
import type { LiveFrame } from "../contract";
import { History, type Shown } from "./history";
import type { Outbox } from "./outbox";

/** The conversation of a visitor as it is read, from its end or around a place. */
export function useHistory(
  visitor: string,
  around: number | null,
  agent: string,
  outbox: Outbox,
): { readonly history: History; readonly shown: Shown } {
  const history = useMemo(() => new History(visitor), [visitor]);
  useEffect(() => {
    void history.open(around);
    return () => history.close();
  }, [history, around]);
  useEffect(
    () =>
      outbox.onArrival(({ visitor: to, id, at, text, kind }, { seq }) => {
        const message = { seq, id, at, text, kind, author_kind: "agent", author: agent } as const;
        if (to === visitor) history.take(message);
      }),
    [outbox, history, visitor, agent],
  );
  const listen = useCallback(
    (frame: LiveFrame) => {
      if (frame.type === "inbox" || (frame.type === "bus" && frame.is_up)) history.catchUp();
      if (frame.type === "conversation_changed" && frame.visitor === visitor && frame.message) {
        history.take(frame.message);
      }
    },
    [history, visitor],
  );
  useLiveFrames(listen);
  const shown = useSyncExternalStore(history.subscribe, () => history.shown);
  return { history, shown };
}
