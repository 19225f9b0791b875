import type { Given, Scenario, ScenarioResult, Step } from "../contract";
import { isTable } from "../graph/definition";

export type Scenarios = readonly Scenario[];
export type Answer = Step["type"];
export type Steps = NonNullable<Scenario["steps"]>;
export type Fact = keyof Given;

export const ANSWERS: readonly Answer[] = [
  "VISITOR_ANSWER",
  "AGENT_ANSWER",
  "TIMEOUT",
  "REPLY_CHOSEN",
  "FORM_FILLED",
  "TASK_DONE",
];

/** What a scenario can say of the world, each with what it begins as. */
export const FACTS: { readonly [Name in Fact]-?: Given[Name] } = {
  agents_online: [],
  variables: {},
  now: "2024-01-01T09:00:00Z",
  locale: "zh-CN",
  assigned: [],
  team_agents: [],
  team: {},
  prediction: null,
};

/** The list with one more at its end; its name is unlike every other. */
export function added(scenarios: Scenarios, scenario: Scenario): Scenario[] {
  return [...scenarios, { ...scenario, name: unused(scenario.name, scenarios) }];
}

export function replaced(scenarios: Scenarios, place: number, scenario: Scenario): Scenario[] {
  return scenarios.map((other, i) => (i === place ? scenario : other));
}

export function removed(scenarios: Scenarios, place: number): Scenario[] {
  return scenarios.filter((_, i) => i !== place);
}

/** The scenario, promising what it just did. */
export function accepted(scenario: Scenario, result: ScenarioResult): Scenario {
  return { ...scenario, path: [...result.path], messages: [...result.messages] };
}

/** A copy with these fields; those that are undefined are gone from it. */
export function withFields<T extends object>(table: T, fields: { readonly [K in keyof T]?: T[K] | undefined }): T {
  const copy = { ...table, ...fields };
  for (const [name, value] of Object.entries(fields)) if (value === undefined) Reflect.deleteProperty(copy, name);
  return copy;
}

/** A copy with what was written as JSON; whether it fits is said by the run, as of all that is written by hand. */
export function withJson<T extends object>(table: T, name: keyof T & string, value: unknown): T {
  const copy = { ...table };
  Reflect.set(copy, name, value);
  return copy;
}

/** The scenario with another world; a world of which nothing is said is none. */
export function withGiven(scenario: Scenario, given: Given): Scenario {
  return withFields(scenario, { given: Object.keys(given).length ? given : undefined });
}

/** A step as a table, however short it was written. */
export function stepOf(step: Steps[number]): Step {
  return typeof step === "string" ? { type: step } : step;
}

/** The other way round: a step that says nothing but its type is just that. */
export function written(step: Step): Steps[number] {
  return Object.keys(step).length === 1 ? step.type : step;
}

/** What a person wrote for a value: JSON if it is JSON, else text. */
export function valueOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

/** A value as a person would write it; `valueOf` gives it back. */
export function textOf(value: unknown): string {
  if (typeof value !== "string") return JSON.stringify(value);
  return valueOf(value) === value ? value : JSON.stringify(value);
}

/** `[name, value]` of a table, in its order. */
export function pairs(table: unknown): readonly (readonly [string, unknown])[] {
  return isTable(table) ? Object.entries(table) : [];
}

function unused(name: string, scenarios: Scenarios): string {
  const taken = new Set(scenarios.map((scenario) => scenario.name));
  if (!taken.has(name)) return name;
  for (let number = 2; ; number += 1) if (!taken.has(`${name} ${number}`)) return `${name} ${number}`;
}
