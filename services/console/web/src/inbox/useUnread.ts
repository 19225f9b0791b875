import { useQuery } from "@tanstack/react-query";
import { useCallback, useEffect, useRef } from "react";
import { get } from "../api/http";
import { useLiveFrames } from "../api/live";
import { queries } from "../api/queries";
import type { LiveFrame, UnreadCounted } from "../contract";

const KEY = ["unread"];
const SETTLED_MS = 500;

/** How many conversations wait for this agent, counted up to 100. */
export function useUnread(isAsked: boolean): number {
  const { data } = useQuery({
    queryKey: KEY,
    queryFn: () => get<UnreadCounted>("/conversations/unread"),
    enabled: isAsked,
    staleTime: 30_000,
  });
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  const listen = useCallback((frame: LiveFrame) => {
    const isOther = frame.type !== "conversation_changed" && frame.type !== "inbox";
    if (isOther || timer.current !== undefined) return;
    timer.current = setTimeout(() => {
      timer.current = undefined;
      recount();
    }, SETTLED_MS);
  }, []);
  useLiveFrames(listen);
  return data?.conversations ?? 0;
}

/** Count anew. */
export function recount(): void {
  void queries.invalidateQueries({ queryKey: KEY });
}
