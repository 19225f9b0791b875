// Writes src/frames.ts from the contract's JSON Schemas; `--check` only says whether it would change.
import { readFileSync, writeFileSync } from "node:fs";

const SCHEMAS = new URL("../../../../contracts/schema/", import.meta.url);
const FILES = ["visitor-frame.schema.json", "gateway-frame.schema.json"];
const TARGET = new URL("../src/frames.ts", import.meta.url);

const typeOf = (schema) => {
  if (schema.$ref) return schema.$ref.split("/").at(-1);
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(" | ");
  if (schema.anyOf) return [...new Set(schema.anyOf.map(typeOf))].join(" | ");
  switch (schema.type) {
    case "string":
      return "string";
    case "integer":
    case "number":
      return "number";
    case "boolean":
      return "boolean";
    case "null":
      return "null";
    case "array":
      return `readonly (${typeOf(schema.items ?? {})})[]`;
    case "object":
      return `Readonly<Record<string, ${typeOf(schema.additionalProperties ?? {})}>>`;
    default:
      return "unknown";
  }
};

const interfaceOf = ([name, schema]) => {
  const required = new Set(schema.required ?? []);
  const fields = Object.entries(schema.properties).map(
    ([field, type]) => `  readonly ${field}${required.has(field) ? "" : "?"}: ${typeOf(type)};`,
  );
  const says = schema.description ? [`/** ${schema.description.replaceAll(/\s+/g, " ")} */`] : [];
  return [...says, `export interface ${name} {`, ...fields, "}", ""].join("\n");
};

const definitions = FILES.map((name) => JSON.parse(readFileSync(new URL(name, SCHEMAS), "utf8")).$defs);
const text = [
  "// Made by `npm run types` from the frames' schemas in contracts/schema.\n",
  ...Object.entries(Object.assign({}, ...definitions))
    .filter(([, schema]) => schema.properties)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(interfaceOf),
].join("\n");

if (process.argv.includes("--check")) {
  if (readFileSync(TARGET, "utf8") !== text) {
    console.error("src/frames.ts is not what the contract says: run `npm run types`");
    process.exit(1);
  }
} else {
  writeFileSync(TARGET, text);
}
