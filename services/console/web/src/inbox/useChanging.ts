import { useMutation } from "@tanstack/react-query";
import { send } from "../api/http";
import { queries } from "../api/queries";
import { useNotice } from "../app/useNotice";
import type { Stored } from "../contract";
import { newId } from "./ids";

type Change =
  | { readonly path: "assigned"; readonly body: { readonly agents: readonly string[] } }
  | { readonly path: "customer-type"; readonly body: { readonly customer_type: string } };

/** Assign or convert a visitor; says it when it does not come about. */
export function useChanging(visitor: string) {
  const notice = useNotice();
  return useMutation({
    mutationFn: ({ path, body }: Change) =>
      send<Stored>("PUT", `/conversations/${visitor}/${path}`, { id: newId(), ...body }),
    onSuccess: () => setTimeout(() => void queries.invalidateQueries({ queryKey: ["card", visitor] }), 400),
    onError: notice.failed,
  });
}
