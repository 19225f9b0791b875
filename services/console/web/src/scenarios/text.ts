import { sendFile } from "../api/http";
import type { FlowDefinition, ParsedFlow, Problem, Scenario } from "../contract";
import { toml } from "../flows/download";
import { isList } from "../graph/definition";

export type Language = "toml" | "json";

/** What was written, or why it is no list of scenarios. */
export type Read = { readonly scenarios: Scenario[] | null; readonly problems: readonly Problem[] };

/** A flow around the scenarios, since only whole flows have a TOML form. */
const AROUND = { flow: "f", name: "f", trigger: "message_sent", nodes: {} } as const;
const HEAD = 'flow = "f"\nname = "f"\ntrigger = "message_sent"\n[nodes]\n';
const HEAD_LINES = 4;

/** All scenarios as a person would write them into the flow's file. */
export async function written(definition: FlowDefinition, language: Language): Promise<string> {
  const scenarios = definition.scenarios ?? [];
  if (language === "json") return `${JSON.stringify(scenarios, null, 2)}\n`;
  if (scenarios.length === 0) return "";
  const text = await toml({ ...AROUND, scenarios });
  return text.slice(text.indexOf("[[scenarios]]"));
}

/** Read it back. */
export async function read(text: string, language: Language): Promise<Read> {
  const whole = language === "toml" ? HEAD + text : around(text);
  if (typeof whole !== "string") return { scenarios: null, problems: [whole] };
  const parsed = await sendFile<ParsedFlow>("/flows/parse", new Blob([whole]), `application/${language}`);
  return { scenarios: parsed.definition ? (parsed.definition.scenarios ?? []) : null, problems: parsed.problems.map(inPlace) };
}

function around(text: string): string | Problem {
  try {
    const scenarios: unknown = JSON.parse(text);
    if (isList(scenarios)) return JSON.stringify({ ...AROUND, scenarios });
    return { code: "bad_value", at: "", detail: "scenarios are a list", hint: "begin with [ and end with ]" };
  } catch (error) {
    return { code: "bad_syntax", at: "", detail: `this is not JSON: ${error instanceof Error ? error.message : ""}`, hint: "" };
  }
}

/** Lines are those that the person sees, without the head. */
function inPlace(problem: Problem): Problem {
  const detail = problem.detail.replace(/line (\d+)/g, (_, line: string) => `line ${Number(line) - HEAD_LINES}`);
  return { ...problem, detail };
}
