import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { get, send } from "../api/http";
import type { Draft, FlowDefinition, FlowVersion, RunReplayed } from "../contract";
import { read } from "../graph/definition";
import type { Changes } from "./changes";

/** By which flow a run is decided again: `ran`, `draft`, or the number of a version. */
export type By = "ran" | "draft" | number;

/** What deciding a run again came to. Nothing is sent; the same question has the same answer. */
export function useAgain(run: string, events: number, changes: Changes, other: FlowDefinition | null, isReady: boolean) {
  return useQuery({
    queryKey: ["again", run, events, changes, other],
    queryFn: () =>
      send<RunReplayed>("POST", `/runs/${run}/replay`, { set: changes, ...(other ? { definition: other } : {}) }),
    enabled: isReady,
    placeholderData: keepPreviousData,
    staleTime: 60_000,
  });
}

/** The flow to decide by; null for the version that ran. */
export function useOther(flow: string, by: By) {
  return useQuery({
    queryKey: ["decide-by", flow, by],
    queryFn: () => definitionOf(flow, by),
    enabled: by !== "ran",
    // A draft goes on changing.
    staleTime: by === "draft" ? 0 : 60_000,
  });
}

async function definitionOf(flow: string, by: By): Promise<FlowDefinition> {
  if (by === "draft") return read((await get<Draft>(`/flows/${flow}/draft`)).definition);
  return (await get<FlowVersion>(`/flows/${flow}?version=${by}`)).definition;
}
