import { useQueries } from "@tanstack/react-query";
import { get } from "../api/http";
import type { FlowDefinition, FlowSummary, FlowVersion } from "../contract";
import { useFlows } from "../flows/useFlows";

/** The active flow that stops when this one starts: of a trigger, or of one event, there is one at a time. */
export function useReplaced(definition: FlowDefinition): FlowSummary | null {
  const flows = useFlows().data?.flows ?? [];
  const others = flows.filter(
    ({ flow, trigger, active }) => active !== null && trigger === definition.trigger && flow !== definition.flow,
  );
  const isNarrowed = definition.trigger === "event_tracked";
  const events = useQueries({
    queries: others.map(({ flow, active }) => ({
      queryKey: ["flow", flow, active],
      queryFn: () => get<FlowVersion>(`/flows/${flow}?version=${active}`),
      staleTime: Number.POSITIVE_INFINITY,
      enabled: isNarrowed,
    })),
  });
  if (!isNarrowed) return others[0] ?? null;
  const same = events.findIndex(({ data }) => data && (data.definition.event ?? null) === (definition.event ?? null));
  return others[same] ?? null;
}
