import { useQuery } from "@tanstack/react-query";
import { get, withQuery } from "../api/http";
import type { RunsPage } from "../contract";

/** The visitor's newest runs. */
export function useVisitorRuns(visitor: string) {
  return useQuery({
    queryKey: ["visitor-runs", visitor],
    queryFn: async () => (await get<RunsPage>(withQuery("/runs", { visitor, limit: 20 }))).runs,
  });
}
