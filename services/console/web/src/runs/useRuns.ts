import { useInfiniteQuery } from "@tanstack/react-query";
import { useCallback, useMemo } from "react";
import { get, withQuery } from "../api/http";
import type { RunsPage, RunSummary } from "../contract";
import { type Filters, queryOf } from "./filters";
import { merged } from "./listing";
import { useHeard } from "./useHeard";

const PAGE = 100;
const START: string | null = null;

/** The runs that the filters ask for, newest first: pages as they are wanted, and what comes live. */
export function useRuns(filters: Filters, now: number) {
  const query = useInfiniteQuery({
    queryKey: ["runs", filters],
    queryFn: ({ pageParam }) =>
      get<RunsPage>(withQuery("/runs", { ...queryOf(filters, Date.now()), limit: PAGE, cursor: pageParam })),
    initialPageParam: START,
    getNextPageParam: ({ cursor }) => cursor,
    // The live socket keeps it fresh, and whoever comes back to the list wants the newest.
    staleTime: 0,
    refetchOnWindowFocus: false,
    gcTime: 0,
  });
  const fetched = useMemo(() => query.data?.pages.flatMap(({ runs }) => runs) ?? [], [query.data]);
  const byId = useMemo(() => new Map(fetched.map((run): [string, RunSummary] => [run.run, run])), [fetched]);
  const heard = useHeard(filters, useCallback((run) => byId.get(run), [byId]));
  const runs = useMemo(() => merged(fetched, heard, filters, now), [fetched, heard, filters, now]);
  return { query, runs };
}
