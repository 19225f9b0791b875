import { useQuery } from "@tanstack/react-query";
import { get } from "../api/http";
import type { TeamSettings } from "../contract";

/** The ids of the team's agents, as far as they are known by now. */
export function useAgentIds(): readonly string[] {
  const team = useQuery({ queryKey: ["team"], queryFn: () => get<TeamSettings>("/team"), staleTime: 60_000 });
  return team.data?.agents?.map(({ id }) => id) ?? [];
}
