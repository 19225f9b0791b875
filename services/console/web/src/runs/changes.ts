import type { FlowDefinition } from "../contract";
import { isTable } from "../graph/definition";
import { effectsOf, isNodeEvent, type MessageEffect, type RunEvent } from "./events";
import { idsIn } from "./facts";

/** How a fact is written by people. */
export type Kind = "agents" | "time" | "choice" | "text" | "flag" | "number" | "json";

/** Something that a what-if can change, and what was recorded of it (undefined: nothing was). */
export type Changeable = {
  /** As the service knows it: a fact, `groups.sales` of the team, or a variable. */
  readonly name: string;
  readonly kind: Kind;
  readonly of: "world" | "team" | "variables";
  readonly recorded: unknown;
  /** With `choice`: what there was to choose from. */
  readonly options: readonly string[];
};

/** The facts that were changed, by name, as the service takes them. */
export type Changes = Readonly<Record<string, unknown>>;

const AGENTS = new Set(["agents_online", "assigned", "team_agents"]);
const WORLD = ["agents_online", "assigned", "team_agents", "locale", "prediction"];
const TEAM = new Set([
  "groups", "time_zone", "holidays", "working_hours", "segments", "canned_messages", "customer_types", "custom_fields",
]);

/**
 * What can be changed of a run: who is online and the clock always, then every fact of the record, and its variables
 * as far as a node read them or the flow names them. Who of a group is online follows from who is online; what the run
 * itself set is no fact.
 */
export function changeable(events: readonly RunEvent[], flow: FlowDefinition | null): readonly Changeable[] {
  const facts = firstFacts(events);
  const world = WORLD.filter((name) => name === "agents_online" || facts.has(name)).map((name) =>
    factNamed(name, name === "agents_online" ? onlineIn(facts) : facts.get(name)),
  );
  const now: Changeable = { name: "now", kind: "time", of: "world", recorded: events[0]?.at, options: [] };
  const team = Object.entries(tableIn(facts.get("team"))).map(([name, value]) => factNamed(name, value));
  return [...world, now, ...choices(events), ...team, ...variablesOf(events, flow)];
}

/** A fact of this name that nobody recorded: what a `missing` one is asked for by. */
export function factNamed(name: string, recorded?: unknown): Changeable {
  const [table = ""] = name.split(".");
  if (TEAM.has(table)) return { name, kind: teamKind(table, recorded), of: "team", recorded, options: [] };
  if (AGENTS.has(name)) return { name, kind: "agents", of: "world", recorded, options: [] };
  if (name === "now") return { name, kind: "time", of: "world", recorded, options: [] };
  if (name === "prediction") return { name, kind: "json", of: "world", recorded, options: [] };
  if (name === "locale") return { name, kind: "text", of: "world", recorded, options: [] };
  return { name, kind: kindOf(recorded), of: "variables", recorded, options: [] };
}

/** What was written, as a value of that kind; null when it is none. Of unknown kind: JSON where it is some, else text. */
export function read(kind: Kind, text: string): { readonly value: unknown } | null {
  switch (kind) {
    case "number":
      return text.trim() === "" || Number.isNaN(Number(text)) ? null : { value: Number(text) };
    case "flag":
      return text === "true" || text === "false" ? { value: text === "true" } : null;
    case "time":
      return Number.isNaN(Date.parse(text)) ? null : { value: new Date(text).toISOString() };
    case "json":
      return { value: jsonOr(text) };
    case "agents":
      return { value: text.split(",").map((id) => id.trim()).filter(Boolean) };
    default:
      return { value: text };
  }
}

/** A value as people can write it again; `read` gives it back. */
export function written(kind: Kind, value: unknown): string {
  if (value === undefined) return "";
  if (kind === "agents") return idsIn(value).join(", ");
  return typeof value === "string" ? value : JSON.stringify(value);
}

function firstFacts(events: readonly RunEvent[]): ReadonlyMap<string, unknown> {
  const facts = new Map<string, unknown>();
  for (const event of events.filter(isNodeEvent)) {
    for (const [name, value] of Object.entries(event.facts ?? {})) {
      const before = facts.get(name);
      if (isTable(before) && isTable(value)) facts.set(name, { ...before, ...value, ...before });
      else if (!facts.has(name)) facts.set(name, value);
    }
  }
  return facts;
}

/** Who was online, as far as the record knows: of all, else of the groups that were looked at. */
function onlineIn(facts: ReadonlyMap<string, unknown>): unknown {
  if (facts.has("agents_online")) return facts.get("agents_online");
  const groups = Object.values(tableIn(facts.get("group_online")));
  return groups.length === 0 ? undefined : [...new Set(groups.flatMap(idsIn))].sort();
}

/** The choice by which a question was answered; there is one override for all of them. */
function choices(events: readonly RunEvent[]): readonly Changeable[] {
  for (const [place, event] of events.entries()) {
    const reply = isNodeEvent(event) ? tableIn(event.facts?.["reply"]) : {};
    const asked = events[place - 1];
    if (typeof reply["choice"] !== "string" || !asked) continue;
    const message = effectsOf(asked).find((effect): effect is MessageEffect => effect.type === "message_posted");
    const options = [...(message?.quick_replies ?? []), ...(message?.survey ?? [])];
    return [{ name: "choice", kind: "choice", of: "world", recorded: reply["choice"], options }];
  }
  return [];
}

function variablesOf(events: readonly RunEvent[], flow: FlowDefinition | null): readonly Changeable[] {
  const found = new Map<string, unknown>();
  const own = new Set<string>();
  const mentioned = mentions(flow);
  const note = (values: Readonly<Record<string, unknown>> = {}, counts: (name: string) => boolean): void => {
    for (const [name, value] of Object.entries(values)) {
      if (!own.has(name) && !found.has(name) && counts(name)) found.set(name, value);
    }
  };
  for (const event of events) {
    if (event.type === "run.started.v1") note(event.variables, mentioned);
    if (isNodeEvent(event)) note(event.variables, () => true);
    if (event.type !== "run.node_completed.v1") continue;
    if (isOutside(event.facts ?? {})) note(event.sets, mentioned);
    else for (const name of Object.keys(event.sets ?? {})) own.add(name);
  }
  return [...found]
    .map(([name, recorded]): Changeable => ({ name, kind: kindOf(recorded), of: "variables", recorded, options: [] }))
    .sort((a, b) => a.name.localeCompare(b.name));
}

/** Whether the flow's nodes name a variable anywhere: only what a flow reads can be changed. */
function mentions(flow: FlowDefinition | null): (name: string) => boolean {
  const words = new Set(JSON.stringify(flow?.nodes ?? {}).match(/[A-Za-z_]\w*/g));
  return (name) => words.has(name);
}

/** Whether what a node set came from people or work outside, and so may have been something else. */
function isOutside(facts: Readonly<Record<string, unknown>>): boolean {
  return ["answer", "form", "task"].some((name) => name in facts);
}

function teamKind(table: string, recorded: unknown): Kind {
  if (table === "groups") return "agents";
  if (table === "time_zone" || table === "segments" || table === "customer_types") {
    return recorded === null ? "json" : "text";
  }
  return "json";
}

function kindOf(value: unknown): Kind {
  if (typeof value === "boolean") return "flag";
  if (typeof value === "number") return "number";
  return typeof value === "string" ? "text" : "json";
}

function tableIn(value: unknown): Readonly<Record<string, unknown>> {
  return isTable(value) ? value : {};
}

function jsonOr(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text; // then it is text
  }
}
