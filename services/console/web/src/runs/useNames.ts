import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { get } from "../api/http";
import type { Flows, TeamSettings } from "../contract";

/** What people call things: flows and agents by their ids. An id that nobody knows is its own name. */
export type Names = {
  readonly flow: (id: string) => string;
  readonly agent: (id: string) => string;
};

const CHANGES_SELDOM = 60_000;

/** The names of the team's flows and agents, as far as they have come. */
export function useNames(): Names {
  const { data: flows } = useFlowList();
  const { data: team } = useTeam();
  return useMemo(() => {
    const byFlow = new Map(flows?.flows.map(({ flow, name }) => [flow, name]));
    const byAgent = new Map((team?.agents ?? []).map(({ id, name }) => [id, name]));
    return { flow: (id) => byFlow.get(id) || id, agent: (id) => byAgent.get(id) || id };
  }, [flows, team]);
}

/** The team's flows and this person's drafts. */
export function useFlowList() {
  return useQuery({ queryKey: ["flows"], queryFn: () => get<Flows>("/flows"), staleTime: CHANGES_SELDOM });
}

/** What the team has set. */
export function useTeam() {
  return useQuery({ queryKey: ["team"], queryFn: () => get<TeamSettings>("/team"), staleTime: CHANGES_SELDOM });
}
