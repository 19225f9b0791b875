import { useQuery } from "@tanstack/react-query";
import { useCallback, useEffect, useRef } from "react";
import { get } from "../api/http";
import { useLiveFrames } from "../api/live";
import { queries } from "../api/queries";
import type { LiveFrame, UnreadCounted } from "../contract";

const KEY = ["unread"];
const SETTLED_MS = 500;
const SURELY_SETTLED_MS = 3_000;

/** How many conversations wait for this agent, counted up to 100. */
export function useUnread(isAsked: boolean): number {
  const { data } = useQuery({
    queryKey: KEY,
    queryFn: () => get<UnreadCounted>("/conversations/unread"),
    enabled: isAsked,
    staleTime: 30_000,
  });
  const soon = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const surely = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  useEffect(
    () => () => {
      clearTimeout(soon.current);
      clearTimeout(surely.current);
    },
    [],
  );
  const listen = useCallback((frame: LiveFrame) => {
    if (frame.type !== "conversation_changed" && frame.type !== "inbox") return;
    soon.current ??= setTimeout(() => {
      soon.current = undefined;
      recount();
    }, SETTLED_MS);
    clearTimeout(surely.current);
    surely.current = setTimeout(recount, SURELY_SETTLED_MS);
  }, []);
  useLiveFrames(listen);
  return data?.conversations ?? 0;
}

/** Count anew. */
export function recount(): void {
  void queries.invalidateQueries({ queryKey: KEY });
}
