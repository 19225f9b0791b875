import type { NodeType, Schema } from "../../graph/catalogue";
import { isList, isTable, isText } from "../../graph/definition";

/** By what control a field is edited. */
export type Kind =
  | "flag" | "choice" | "number" | "text" | "localized" | "template" | "expression" | "variable" | "pattern"
  | "texts" | "form" | "hours" | "zone" | "headers" | "body" | "colour" | "reference" | "speaker";

export type Field = {
  readonly name: string;
  readonly kind: Kind;
  readonly isRequired: boolean;
  /** Of choices: what there is. */
  readonly choices: readonly string[];
  /** Of references: what of the team. */
  readonly refersTo: string;
  readonly schema: Schema;
};

const OWN = new Set(["type", "name", "next"]);
const BY_NAME: Readonly<Record<string, Kind>> = {
  expression: "expression",
  pattern: "pattern",
  variable: "variable",
  form: "form",
  hours: "hours",
  time_zone: "zone",
  headers: "headers",
  body: "body",
  colour: "colour",
  url: "template",
  to: "template",
  value: "template",
  subject: "template",
};

/** The parameters of a node type, in their order. */
export function fieldsOf(type: NodeType): readonly Field[] {
  const properties = isTable(type.schema["properties"]) ? type.schema["properties"] : {};
  const required = isList(type.schema["required"]) ? type.schema["required"] : [];
  return Object.entries(properties).flatMap(([name, schema]) => {
    if (OWN.has(name) || !isTable(schema)) return [];
    const choices = choicesOf(schema);
    const refersTo = type.refers[name] ?? "";
    const kind = kindOf(name, schema, refersTo, choices);
    return [{ name, kind, isRequired: required.includes(name), choices, refersTo, schema }];
  });
}

function kindOf(name: string, schema: Schema, refersTo: string, choices: readonly string[]): Kind {
  if (refersTo) return name === "as" ? "speaker" : "reference";
  if (choices.length > 0) return "choice";
  if (schema["type"] === "boolean") return "flag";
  if (schema["type"] === "integer" || schema["type"] === "number") return "number";
  if (isLocalized(schema)) return "localized";
  const own = BY_NAME[name];
  if (own) return own;
  return schema["type"] === "array" ? "texts" : "text";
}

/** What an enumeration, or a pattern of words, lets choose from. */
function choicesOf(schema: Schema): readonly string[] {
  if (isList(schema["enum"])) return schema["enum"].filter(isText);
  const words = isText(schema["pattern"]) ? /^\^\(([a-z_]+(?:\|[a-z_]+)+)\)\$/.exec(schema["pattern"])?.[1] : undefined;
  return words ? words.split("|") : [];
}

/** A text, or one per locale. */
function isLocalized(schema: Schema): boolean {
  const choices = isList(schema["anyOf"]) ? schema["anyOf"].filter(isTable) : [];
  return choices.some((choice) => choice["type"] === "string") && choices.some(({ additionalProperties: each }) => isTable(each));
}
