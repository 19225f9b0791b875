import { QueryClient } from "@tanstack/react-query";
import { ApiError } from "./http";

/** What pages have asked for; a refusal is final, an absent service is asked again. */
export const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 5_000,
      retry: (failures, error) => isAway(error) && failures < 20,
      retryDelay: (failures) => Math.min(500 * 2 ** failures, 10_000) * (0.5 + Math.random() / 2),
    },
  },
});

/** Whether trying again may help. */
export function isAway(error: unknown): boolean {
  return error instanceof ApiError && (error.status === 0 || error.status === 502 || error.status === 503);
}
