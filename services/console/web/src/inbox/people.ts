import type { TeamSettings } from "../contract";

/** The team's groups, named or not, sorted. */
export function groupsOf(team: TeamSettings | null): readonly string[] {
  const named = (team?.groups ?? []).map(({ id }) => id);
  const lived = (team?.agents ?? []).flatMap(({ groups }) => groups ?? []);
  return [...new Set([...named, ...lived])].sort();
}

/** The agents of a group. */
export function membersOf(team: TeamSettings | null, group: string): readonly string[] {
  return (team?.agents ?? []).filter(({ groups }) => groups?.includes(group)).map(({ id }) => id);
}

/** What an agent is called. */
export function agentName(team: TeamSettings | null, agent: string): string {
  return team?.agents?.find(({ id }) => id === agent)?.name || agent;
}

/** Up to two letters that stand for a name. */
export function initials(name: string): string {
  const letters = Array.from(name.replace(/^[#\s]+/, ""));
  const isWide = /[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]/.test(letters.at(-1) ?? "");
  return (isWide ? letters.slice(-2) : letters.slice(0, 2)).join("").toUpperCase();
}

/** One of eight hues, always the same for the same visitor. */
export function hueOf(visitor: string): number {
  let sum = 0;
  for (const letter of visitor) sum = (sum * 31 + (letter.codePointAt(0) ?? 0)) % 997;
  return (sum % 8) * 45;
}
