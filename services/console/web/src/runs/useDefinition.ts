import { useQuery } from "@tanstack/react-query";
import { get } from "../api/http";
import type { FlowDefinition } from "../contract";

/** The version that really ran; it never changes. */
export function useDefinition(run: string) {
  return useQuery({
    queryKey: ["run-definition", run],
    queryFn: () => get<FlowDefinition>(`/runs/${run}/definition`),
    staleTime: Number.POSITIVE_INFINITY,
  });
}
