import { useInfiniteQuery } from "@tanstack/react-query";
import { useCallback, useEffect, useMemo, useRef } from "react";
import { get, withQuery } from "../api/http";
import { useLiveFrames } from "../api/live";
import { queries } from "../api/queries";
import type { ConversationsPage, LiveFrame } from "../contract";
import { changed, conversationsIn, type Filters, mapped, type Pages } from "./listing";

const PAGE = 40;
const START: string | null = null;
const KEY = "conversations";
/** What was just stored stands in the read model by then. */
const SETTLED_MS = 700;

/** The conversations that the filters leave, the newest first: pages as they are wanted, and what happens live. */
export function useConversations(filters: Filters) {
  const query = useInfiniteQuery({
    queryKey: [KEY, filters],
    queryFn: ({ pageParam }) =>
      get<ConversationsPage>(
        withQuery("/conversations", {
          assigned: filters.assigned,
          group: filters.group,
          unread: filters.unread ? "true" : null,
          limit: PAGE,
          cursor: pageParam,
        }),
      ),
    initialPageParam: START,
    getNextPageParam: ({ cursor }) => cursor,
    refetchOnWindowFocus: false,
  });
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  const listen = useCallback((frame: LiveFrame) => {
    const askAnew = (): void => {
      timer.current ??= setTimeout(() => {
        timer.current = undefined;
        void queries.invalidateQueries({ queryKey: [KEY] });
      }, SETTLED_MS);
    };
    if (frame.type === "inbox") askAnew();
    if (frame.type === "visitor_presence") {
      change((data) => mapped(data, frame.visitor, (one) => ({ ...one, is_online: frame.is_online })));
    }
    if (frame.type !== "conversation_changed") return;
    change((data) => {
      const next = changed(data, frame);
      if (next === null || frame.assigned) askAnew();
      return next ?? data;
    });
  }, []);
  useLiveFrames(listen);
  const conversations = useMemo(() => conversationsIn(query.data?.pages ?? []), [query.data]);
  return { query, conversations };
}

/** This agent has seen the conversation: nothing of it is unread in any list. */
export function markRead(visitor: string): void {
  change((data) => mapped(data, visitor, (one) => ({ ...one, unread: 0 })));
}

function change(update: (data: Pages) => Pages): void {
  queries.setQueriesData<Pages>({ queryKey: [KEY] }, (data) => data && update(data));
}
