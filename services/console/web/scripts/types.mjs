// Writes src/contract.ts: the shapes of what the console's service says, from the contract's JSON Schema.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { compile } from "json-schema-to-typescript";

const SCHEMA = new URL("../../../../contracts/schema/console.schema.json", import.meta.url);
const TARGET = new URL("../src/contract.ts", import.meta.url);

// The compiler reads an older draft: a schema that says nothing is no `unknown` to it, and tuples are `items`.
const readable = (schema) => {
  if (Array.isArray(schema)) return schema.map(readable);
  if (typeof schema !== "object" || schema === null) return schema;
  const saysNothing = Object.keys(schema).every((key) => key === "description" || key === "default");
  if (typeof schema.description === "string" && saysNothing) return { ...schema, tsType: "unknown" };
  const { prefixItems, ...rest } = schema;
  if (prefixItems) Object.assign(rest, { items: prefixItems, additionalItems: false });
  return Object.fromEntries(Object.entries(rest).map(([key, value]) => [key, readable(value)]));
};

const schema = JSON.parse(readFileSync(SCHEMA, "utf8"));
const frames = Object.keys(schema.$defs).filter((name) => name.startsWith("Live"));
const text = await compile(readable(schema), "Contract", {
  bannerComment: "// Made by `npm run types` from contracts/schema/console.schema.json.",
  additionalProperties: false,
  unreachableDefinitions: true,
  format: false,
});
mkdirSync(new URL(".", TARGET), { recursive: true });
writeFileSync(TARGET, `${text}
/** Whatever the service says over the WebSocket. */
export type LiveFrame = ${frames.join(" | ")};
`);
