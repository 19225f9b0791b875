import { isList, isTable, isText } from "../graph/definition";
import { isNodeEvent, type RunEvent } from "./events";

/** How a value is best shown. */
export type Shown =
  | { readonly kind: "agents"; readonly ids: readonly string[] }
  | { readonly kind: "time"; readonly at: string }
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "flag"; readonly is: boolean }
  | { readonly kind: "json"; readonly text: string }
  | { readonly kind: "nothing" };

/** Something that a node read or set. `of` says of what a fact that is a table speaks: a group, a key of the team. */
export type Reading = { readonly name: string; readonly of: string; readonly value: Shown };

const AGENTS = new Set(["agents_online", "assigned", "team_agents", "group_online"]);

/** The facts that the event's node looked at, tables line by line, in the order of their names. */
export function factsOf(event: RunEvent): readonly Reading[] {
  return isNodeEvent(event) ? Object.entries(event.facts ?? {}).flatMap(([name, value]) => reading(name, value)) : [];
}

/** The variables that the event's node read, or that the trigger brought. */
export function readBy(event: RunEvent): readonly Reading[] {
  const has = event.type === "run.started.v1" || isNodeEvent(event);
  return has ? named(event.variables ?? {}) : [];
}

/** The variables that the event's node gave the run. */
export function setBy(event: RunEvent): readonly Reading[] {
  return event.type === "run.node_completed.v1" ? named(event.sets ?? {}) : [];
}

/** Variables as readings, by name. */
export function named(values: Readonly<Record<string, unknown>>): readonly Reading[] {
  return Object.entries(values)
    .map(([name, value]) => ({ name, of: "", value: shownAs(value) }))
    .sort((a, b) => a.name.localeCompare(b.name));
}

/** How a value of unknown kind is best shown. */
export function shownAs(value: unknown): Shown {
  if (value === null || value === undefined) return { kind: "nothing" };
  if (typeof value === "boolean") return { kind: "flag", is: value };
  if (typeof value === "number") return { kind: "text", text: String(value) };
  if (typeof value === "string") return isTime(value) ? { kind: "time", at: value } : { kind: "text", text: value };
  return { kind: "json", text: JSON.stringify(value) };
}

/** The ids in a list of them; anything else is nobody. */
export function idsIn(value: unknown): readonly string[] {
  return isList(value) ? value.filter(isText) : [];
}

function reading(name: string, value: unknown): readonly Reading[] {
  switch (name) {
    case "team":
    case "group_online":
      return Object.entries(isTable(value) ? value : {}).map(([of, each]) => ({
        name,
        of,
        value: name === "group_online" || of.startsWith("groups.") ? agents(each) : shownAs(each),
      }));
    case "unknown":
      return [{ name, of: "", value: { kind: "text", text: idsIn(value).join(" ≈ ") } }];
    case "answer":
    case "form":
    case "reply":
    case "task":
      return event(name, isTable(value) ? value : {});
    default:
      return [{ name, of: "", value: AGENTS.has(name) ? agents(value) : shownAs(value) }];
  }
}

/** What came from outside: when, and what it was. */
function event(name: string, value: Readonly<Record<string, unknown>>): readonly Reading[] {
  const { id: _, at, ...rest } = value;
  const when: Reading = { name, of: "", value: shownAs(at) };
  return [when, ...Object.entries(rest).map(([of, each]) => ({ name, of, value: plain(each) }))];
}

function plain(value: unknown): Shown {
  const ids = idsIn(value);
  return ids.length > 0 ? { kind: "text", text: ids.join(", ") } : shownAs(value);
}

function agents(value: unknown): Shown {
  return value === null ? { kind: "nothing" } : { kind: "agents", ids: idsIn(value) };
}

function isTime(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$/.test(text);
}
