import { useMutation } from "@tanstack/react-query";
import { ApiError, get, send } from "../api/http";
import { queries } from "../api/queries";
import type { Draft, FlowDefinition, FlowVersion } from "../contract";
import type { Line } from "./listing";

/** Makes this definition the draft of a flow that is there; its live version stays as it is. */
export function useReplaceDraft() {
  return useMutation({ mutationFn: replace, onSuccess: () => queries.invalidateQueries({ queryKey: ["flows"] }) });
}

async function replace({ definition, line }: { readonly definition: FlowDefinition; readonly line: Line }): Promise<Draft> {
  const before = await draftOf(line.flow);
  const version = line.versions > 0 ? (await get<FlowVersion>(`/flows/${line.flow}`)).version : null;
  const body = { definition, base_version: version, revision: before?.revision ?? null };
  return send<Draft>("PUT", `/flows/${line.flow}/draft`, body);
}

async function draftOf(flow: string): Promise<Draft | null> {
  try {
    return await get<Draft>(`/flows/${flow}/draft`);
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return null;
    throw error;
  }
}
