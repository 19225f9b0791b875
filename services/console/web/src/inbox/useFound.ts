import { useInfiniteQuery } from "@tanstack/react-query";
import { get, withQuery } from "../api/http";
import type { MessagesFound } from "../contract";

const START: string | null = null;

/** The messages that have these words, the newest first. */
export function useFound(text: string) {
  return useInfiniteQuery({
    queryKey: ["found", text],
    queryFn: ({ pageParam }) =>
      get<MessagesFound>(withQuery("/conversations/search", { text, cursor: pageParam, limit: 30 })),
    initialPageParam: START,
    getNextPageParam: ({ cursor }) => cursor,
    enabled: text !== "",
  });
}
