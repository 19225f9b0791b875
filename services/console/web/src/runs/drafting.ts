import { ApiError, get, send } from "../api/http";
import type { Draft, DraftSaving, FlowDefinition, FlowVersion, Scenario, ScenarioMade } from "../contract";
import { isList, isTable } from "../graph/definition";
import { around, scenariosIn } from "./toml";

/** A scenario of this name is there already. */
export class NameTaken extends Error {}

/** The run as a scenario of that name: it holds for the version that ran. */
export async function scenarioOf(run: string, name: string): Promise<Scenario> {
  return (await send<ScenarioMade>("POST", `/runs/${run}/scenario`, { name })).scenario;
}

/** A scenario as the TOML of a flow's file. */
export async function tomlOf(definition: FlowDefinition, scenario: Scenario): Promise<string> {
  return scenariosIn(await send<string>("POST", "/flows/toml", { definition: around(definition, scenario) }));
}

/** Add a scenario to one's draft of the flow, which begins from the version that answers. Raises `NameTaken`. */
export async function addToDraft(flow: string, scenario: Scenario): Promise<Draft> {
  const draft = await draftOf(flow);
  return send<Draft>("PUT", `/flows/${flow}/draft`, { ...draft, definition: withScenario(draft.definition, scenario) });
}

/** The definition with one more scenario, whatever else is in it. Raises `NameTaken`. */
export function withScenario(
  definition: Readonly<Record<string, unknown>>,
  scenario: Scenario,
): Record<string, unknown> {
  const scenarios = isList(definition["scenarios"]) ? definition["scenarios"] : [];
  if (scenarios.some((each) => isTable(each) && each["name"] === scenario.name)) throw new NameTaken(scenario.name);
  return { ...definition, scenarios: [...scenarios, scenario] };
}

async function draftOf(flow: string): Promise<DraftSaving> {
  try {
    const { definition, base_version, revision } = await get<Draft>(`/flows/${flow}/draft`);
    return { definition, base_version, revision };
  } catch (error) {
    if (!(error instanceof ApiError) || error.code !== "no_draft") throw error;
    const { definition, version } = await get<FlowVersion>(`/flows/${flow}`);
    return { definition: { ...definition }, base_version: version, revision: null };
  }
}
