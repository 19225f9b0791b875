import { useQuery } from "@tanstack/react-query";
import { get } from "../api/http";
import type { FlowVersion } from "../contract";
import { edgeKey, nameOf } from "../graph/definition";
import { outcomesOf } from "../graph/outcomes";

/** Every outcome of a flow that a run can have taken, as `node OUTCOME`, with the name that people give the node. */
export type Outcome = { readonly value: string; readonly label: string };

/** The outcomes of the version that answers, else the newest; none without a flow. */
export function useOutcomes(flow: string): readonly Outcome[] {
  const { data } = useQuery({
    queryKey: ["flow", flow],
    queryFn: () => get<FlowVersion>(`/flows/${flow}`),
    enabled: flow !== "",
    staleTime: 60_000,
  });
  if (!data) return [];
  const { definition } = data;
  return Object.entries(definition.nodes).flatMap(([id, node]) =>
    outcomesOf(node).map((outcome) => ({
      value: edgeKey(id, outcome),
      label: `${nameOf(definition, id)} · ${outcome}`,
    })),
  );
}
