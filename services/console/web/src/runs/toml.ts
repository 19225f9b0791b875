import type { FlowDefinition, Scenario } from "../contract";

/** The smallest definition that holds a scenario, to have it written as TOML. */
export function around(definition: FlowDefinition, scenario: Scenario): FlowDefinition {
  return { ...definition, scenarios: [scenario] };
}

/** The scenarios of a flow's TOML, without the flow. */
export function scenariosIn(toml: string): string {
  const lines = toml.split("\n");
  const first = lines.findIndex((line) => line.trim() === "[[scenarios]]");
  if (first < 0) return "";
  const rest = lines.slice(first);
  const end = rest.findIndex((line) => /^\[(?!\[?scenarios\b)/.test(line));
  return `${rest.slice(0, end < 0 ? undefined : end).join("\n").trim()}\n`;
}
