import { useQuery } from "@tanstack/react-query";
import { get } from "../api/http";
import type { CannedPreviewed } from "../contract";

/** The team's canned messages as this visitor would get them, asked when they are wanted. */
export function useCanned(visitor: string, isWanted: boolean) {
  return useQuery({
    queryKey: ["canned", visitor],
    queryFn: () => get<CannedPreviewed>(`/conversations/${visitor}/canned`),
    enabled: isWanted,
    staleTime: 0,
  });
}
