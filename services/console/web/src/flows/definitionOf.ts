import { get } from "../api/http";
import type { Draft, FlowDefinition, FlowVersion } from "../contract";
import { read } from "../graph/definition";
import type { Line } from "./listing";

/** What the line's flow is made of: the version that answers, else the newest one; of a mere draft, the draft. */
export async function definitionOf(line: Line): Promise<FlowDefinition> {
  if (line.versions > 0) return (await get<FlowVersion>(`/flows/${line.flow}`)).definition;
  return read((await get<Draft>(`/flows/${line.flow}/draft`)).definition);
}
