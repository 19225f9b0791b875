import { hashKey, useInfiniteQuery } from "@tanstack/react-query";
import { useCallback, useEffect, useMemo, useRef } from "react";
import { get, withQuery } from "../api/http";
import { useLiveFrames } from "../api/live";
import { queries } from "../api/queries";
import type { ConversationsPage, LiveFrame } from "../contract";
import { changed, conversationsIn, EVERYTHING, type Filters, mapped, type Pages, withNew } from "./listing";

const PAGE = 40;
const START: string | null = null;
const KEY = "conversations";
/** What was just stored stands in the read model by one of these, however busy the service is. */
const SETTLED_MS = [700, 2_500, 8_000];

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
  const timers = useRef<Map<number, ReturnType<typeof setTimeout>>>(new Map());
  useEffect(() => {
    const started = timers.current;
    return () => started.forEach(clearTimeout);
  }, []);
  const listen = useCallback((frame: LiveFrame) => {
    const askAnew = (): void => {
      for (const wait of SETTLED_MS) {
        // The first is not put off by those that follow, the later ones are.
        if (wait === SETTLED_MS[0] && timers.current.has(wait)) continue;
        clearTimeout(timers.current.get(wait));
        const ask = (): void => {
          timers.current.delete(wait);
          void queries.invalidateQueries({ queryKey: [KEY] });
        };
        timers.current.set(wait, setTimeout(ask, wait));
      }
    };
    if (frame.type === "inbox") askAnew();
    if (frame.type === "visitor_presence") {
      change((data) => mapped(data, frame.visitor, (one) => ({ ...one, is_online: frame.is_online })));
    }
    if (frame.type !== "conversation_changed") return;
    change((data, isWhole) => {
      const next = changed(data, frame);
      if (next === null || frame.assigned) askAnew();
      return next ?? (isWhole ? withNew(data, frame) : data);
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

/** Change every list that is there; `isWhole` says that its filters leave nothing out. */
function change(update: (data: Pages, isWhole: boolean) => Pages): void {
  for (const { queryKey } of queries.getQueryCache().findAll({ queryKey: [KEY] })) {
    const isWhole = hashKey(queryKey) === hashKey([KEY, EVERYTHING]);
    queries.setQueryData<Pages>(queryKey, (data) => data && update(data, isWhole));
  }
}
