import { useQuery } from "@tanstack/react-query";
import { ApiError, get } from "../api/http";
import type { Draft, FlowDefinition, FlowVersion } from "../contract";
import { read } from "../graph/definition";

export type Opening = { readonly definition: FlowDefinition; readonly base: number | null; readonly draft: Draft | null };

/** The flow as this person left it; where there is no draft, the version that is active, else the newest. */
export function useOpening(flow: string, mayEdit: boolean | undefined) {
  return useQuery({
    queryKey: ["opening", flow, mayEdit],
    queryFn: () => opened(flow, mayEdit === true),
    enabled: mayEdit !== undefined,
    // What is edited must not be taken away under somebody's hands.
    staleTime: Infinity,
    gcTime: 0,
  });
}

async function opened(flow: string, mayEdit: boolean): Promise<Opening> {
  const draft = mayEdit ? await draftOf(flow) : null;
  if (draft) return { definition: read(draft.definition), base: draft.base_version, draft };
  const { definition, version } = await get<FlowVersion>(`/flows/${flow}`);
  return { definition, base: version, draft: null };
}

async function draftOf(flow: string): Promise<Draft | null> {
  try {
    return await get<Draft>(`/flows/${flow}/draft`);
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return null;
    throw error;
  }
}
