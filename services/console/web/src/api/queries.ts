import { MutationCache, QueryCache, QueryClient } from "@tanstack/react-query";
import { ApiError } from "./http";

/** What pages have asked for; a refusal is final, an absent service is asked again. */
export const queries = new QueryClient({
  queryCache: new QueryCache({ onError: heed }),
  mutationCache: new MutationCache({ onError: heed }),
  defaultOptions: {
    queries: {
      staleTime: 5_000,
      // The browser's idea of being online says nothing about a service on this machine.
      networkMode: "always",
      retry: (failures, error) => isAway(error) && failures < 20,
      retryDelay: (failures) => Math.min(500 * 2 ** failures, 10_000) * (0.5 + Math.random() / 2),
    },
    mutations: { networkMode: "always" },
  },
});

/** Whether trying again may help. */
export function isAway(error: unknown): boolean {
  return error instanceof ApiError && (error.status === 0 || error.status === 502 || error.status === 503);
}

/** Whoever's session has ended meanwhile is led to the way in. */
function heed(error: Error): void {
  if (error instanceof ApiError && error.code === "no_session") queries.setQueryData(["me"], null);
}
