import { useMutation } from "@tanstack/react-query";
import { send } from "../api/http";
import { queries } from "../api/queries";
import type { Draft, FlowDefinition } from "../contract";

/** Makes a flow that so far is only this person's draft: it stands in the list, and answers nothing. */
export function useAdd() {
  return useMutation({
    mutationFn: (definition: FlowDefinition) =>
      send<Draft>("PUT", `/flows/${definition.flow}/draft`, { definition, base_version: null, revision: null }),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["flows"] }),
  });
}
