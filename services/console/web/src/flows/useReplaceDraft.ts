import { useMutation } from "@tanstack/react-query";
import { get } from "../api/http";
import { queries } from "../api/queries";
import type { Draft, FlowDefinition, FlowVersion } from "../contract";
import { draftStore } from "../drafts/store";
import type { Line } from "./listing";

/** Makes this definition the draft of a flow that is there; its live version stays as it is. */
export function useReplaceDraft() {
  return useMutation({ mutationFn: replace, onSuccess: () => queries.invalidateQueries({ queryKey: ["flows"] }) });
}

async function replace({ definition, line }: { readonly definition: FlowDefinition; readonly line: Line }): Promise<Draft> {
  const store = draftStore(line.flow);
  const before = await store.load();
  const version = line.versions > 0 ? (await get<FlowVersion>(`/flows/${line.flow}`)).version : null;
  return store.save({ definition: { ...definition }, base_version: version, revision: before?.revision ?? null });
}
