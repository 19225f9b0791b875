import type { Schema } from "./catalogue";
import { isList, isTable, isText } from "./definition";

/** Why a value does not fit its schema: `at` is the place within, `limit` what it should keep to. */
export type Misfit = {
  readonly at: string;
  readonly why: "unknown" | "missing" | "type" | "choice" | "pattern" | "short" | "long" | "few" | "many" | "low" | "high";
  readonly limit?: string | number;
};

/** Everything in the value that does not fit, as far as the contract's files say; `root` has the `$defs`. */
export function misfits(schema: Schema, value: unknown, at = "", root: Schema = schema): readonly Misfit[] {
  const own = resolved(schema, root);
  const choices = own["anyOf"] ?? own["oneOf"];
  if (isList(choices)) return ofChoices(choices.filter(isTable), value, at, root);
  if ("const" in own) return own["const"] === value ? [] : [{ at, why: "choice", limit: String(own["const"]) }];
  if (isList(own["enum"])) return own["enum"].includes(value) ? [] : [{ at, why: "choice", limit: own["enum"].join(", ") }];
  if (!isOfType(own["type"], value)) return [{ at, why: "type", limit: String(own["type"]) }];
  if (isText(value)) return ofText(own, value, at);
  if (typeof value === "number") return ofNumber(own, value, at);
  if (isList(value)) return ofList(own, value, at, root);
  return isTable(value) ? ofTable(own, value, at, root) : [];
}

/** The schema that a reference stands for. */
export function resolved(schema: Schema, root: Schema): Schema {
  const name = isText(schema["$ref"]) ? schema["$ref"].split("/").at(-1) : undefined;
  const found = name !== undefined && isTable(root["$defs"]) ? root["$defs"][name] : undefined;
  return isTable(found) ? found : schema;
}

/** What the value is closest to says what is wrong with it. */
function ofChoices(choices: readonly Schema[], value: unknown, at: string, root: Schema): readonly Misfit[] {
  const found = choices.map((choice) => misfits(choice, value, at, root));
  if (found.some((each) => each.length === 0)) return [];
  const close = choices.findIndex((choice) => isOfType(resolved(choice, root)["type"], value));
  return (found[close] ?? found[0] ?? []).slice();
}

function isOfType(type: unknown, value: unknown): boolean {
  switch (type) {
    case "string":
      return isText(value);
    case "boolean":
      return typeof value === "boolean";
    case "integer":
      return typeof value === "number" && Number.isInteger(value);
    case "number":
      return typeof value === "number";
    case "array":
      return isList(value);
    case "object":
      return isTable(value);
    case "null":
      return value === null;
    default:
      return true;
  }
}

function ofText(schema: Schema, value: string, at: string): readonly Misfit[] {
  const length = [...value].length;
  const { minLength, maxLength, pattern } = schema;
  if (typeof minLength === "number" && length < minLength) return [{ at, why: "short", limit: minLength }];
  if (typeof maxLength === "number" && length > maxLength) return [{ at, why: "long", limit: maxLength }];
  if (isText(pattern) && !expression(pattern).test(value)) return [{ at, why: "pattern", limit: String(schema["description"] ?? "") }];
  return [];
}

const expressions = new Map<string, RegExp>();

function expression(pattern: string): RegExp {
  const known = expressions.get(pattern);
  if (known) return known;
  const made = new RegExp(pattern, "u");
  expressions.set(pattern, made);
  return made;
}

function ofNumber(schema: Schema, value: number, at: string): readonly Misfit[] {
  const { minimum, maximum, exclusiveMinimum } = schema;
  if (typeof minimum === "number" && value < minimum) return [{ at, why: "low", limit: minimum }];
  if (typeof exclusiveMinimum === "number" && value <= exclusiveMinimum) return [{ at, why: "low", limit: exclusiveMinimum }];
  if (typeof maximum === "number" && value > maximum) return [{ at, why: "high", limit: maximum }];
  return [];
}

function ofList(schema: Schema, value: readonly unknown[], at: string, root: Schema): readonly Misfit[] {
  const { minItems, maxItems, items } = schema;
  if (typeof minItems === "number" && value.length < minItems) return [{ at, why: "few", limit: minItems }];
  if (typeof maxItems === "number" && value.length > maxItems) return [{ at, why: "many", limit: maxItems }];
  return isTable(items) ? value.flatMap((item, i) => misfits(items, item, join(at, String(i)), root)) : [];
}

function ofTable(schema: Schema, value: Readonly<Record<string, unknown>>, at: string, root: Schema): readonly Misfit[] {
  const properties = isTable(schema["properties"]) ? schema["properties"] : {};
  const others = schema["additionalProperties"];
  const required = isList(schema["required"]) ? schema["required"].filter(isText) : [];
  const missing = required.filter((name) => !(name in value)).map((name): Misfit => ({ at: join(at, name), why: "missing" }));
  const { maxProperties } = schema;
  const isTooLarge = typeof maxProperties === "number" && Object.keys(value).length > maxProperties;
  const within = Object.entries(value).flatMap(([name, item]): readonly Misfit[] => {
    const own = properties[name];
    if (isTable(own)) return misfits(own, item, join(at, name), root);
    if (others === false) return [{ at: join(at, name), why: "unknown" }];
    return isTable(others) ? misfits(others, item, join(at, name), root) : [];
  });
  return [...missing, ...(isTooLarge ? [{ at, why: "many", limit: maxProperties } as const] : []), ...within];
}

function join(at: string, name: string): string {
  return at ? `${at}.${name}` : name;
}
