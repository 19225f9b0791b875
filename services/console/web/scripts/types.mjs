// Writes src/contract.ts: the shapes of what the console's service says, from the contract's JSON Schema.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { compile } from "json-schema-to-typescript";

const SCHEMA = new URL("../../../../contracts/schema/console.schema.json", import.meta.url);
const TARGET = new URL("../src/contract.ts", import.meta.url);

const text = await compile(JSON.parse(readFileSync(SCHEMA, "utf8")), "Contract", {
  bannerComment: "// Made by `npm run types` from contracts/schema/console.schema.json.",
  additionalProperties: false,
  unreachableDefinitions: true,
  format: false,
});
mkdirSync(new URL(".", TARGET), { recursive: true });
writeFileSync(TARGET, text);
