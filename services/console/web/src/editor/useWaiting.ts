import { useQuery } from "@tanstack/react-query";
import { get } from "../api/http";
import type { WaitingCounted } from "../contract";
import { useEditor } from "./useEditor";

const NONE: Readonly<Record<string, number>> = {};

/** How many runs of the flow wait at each node, whatever their version. */
export function useWaiting(): Readonly<Record<string, number>> {
  const { flow, base } = useEditor();
  const query = useQuery({
    queryKey: ["waiting", flow],
    queryFn: async () => counted(await get<WaitingCounted>(`/flows/${flow}/waiting`)),
    enabled: base !== null,
    refetchInterval: 30_000,
  });
  return query.data ?? NONE;
}

function counted({ waiting }: WaitingCounted): Readonly<Record<string, number>> {
  const runs: Record<string, number> = {};
  for (const place of waiting) runs[place.node] = (runs[place.node] ?? 0) + place.runs;
  return runs;
}
