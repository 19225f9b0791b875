import { useQuery } from "@tanstack/react-query";
import { get } from "../api/http";
import type { FlowVersion } from "../contract";

/** One version of a flow, which never changes; null asks for none. */
export function useVersion(flow: string, version: number | null) {
  return useQuery({
    queryKey: ["flow", flow, version],
    queryFn: () => get<FlowVersion>(`/flows/${flow}?version=${version}`),
    staleTime: Number.POSITIVE_INFINITY,
    enabled: version !== null,
  });
}
