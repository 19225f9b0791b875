import { useQuery } from "@tanstack/react-query";
import { get } from "../api/http";
import type { TeamSettings } from "../contract";

/** The team's settings, which flows refer to. */
export function useTeam(): TeamSettings | undefined {
  return useQuery({ queryKey: ["team"], queryFn: () => get<TeamSettings>("/team"), staleTime: 60_000 }).data;
}

export type Choice = { readonly value: string; readonly label: string };

/** What of the team a field of this kind may name. */
export function choicesOf(team: TeamSettings | undefined, refersTo: string): readonly Choice[] {
  if (!team) return [];
  const named = (items: readonly { readonly id: string; readonly name?: string }[] = []) =>
    items.map(({ id, name }) => ({ value: id, label: name ? `${name} · ${id}` : id }));
  switch (refersTo) {
    case "agent":
      return named(team.agents);
    case "group":
      return groupsOf(team).map((id) => ({ value: id, label: id }));
    case "segment":
      return named(team.segments);
    case "customer type":
      return named(team.customer_types);
    case "canned message":
      return (team.canned_messages ?? []).map(({ id, text }) => ({ value: id, label: `${id} · ${first(text)}` }));
    default:
      return [];
  }
}

/** Groups that are named, and those that agents are in. */
function groupsOf(team: TeamSettings): readonly string[] {
  const named = (team.groups ?? []).map(({ id }) => id);
  const joined = (team.agents ?? []).flatMap(({ groups }) => groups ?? []);
  return [...new Set([...named, ...joined])];
}

function first(text: string | Readonly<Record<string, string>>): string {
  const said = typeof text === "string" ? text : (Object.values(text)[0] ?? "");
  return said.length > 40 ? `${said.slice(0, 40)}…` : said;
}
