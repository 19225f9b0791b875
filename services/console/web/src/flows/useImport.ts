import { useMutation } from "@tanstack/react-query";
import { send, sendFile } from "../api/http";
import type { FlowValidated, ParsedFlow } from "../contract";

/** Reads a TOML or JSON file: the flow in it, or what is wrong with it. */
export function useImport() {
  return useMutation({ mutationFn: parse });
}

async function parse(file: File): Promise<ParsedFlow> {
  const type = await language(file);
  const { definition, problems } = await sendFile<ParsedFlow>("/flows/parse", file, `application/${type}`);
  if (!definition) return { definition, problems };
  // What is wrong with its nodes hinders nobody from importing it: a draft may be unfinished.
  const found = await send<FlowValidated>("POST", "/flows/validate", { definition });
  return { definition, problems: found.problems };
}

/** By its name, else by how it begins: only JSON begins with a brace. */
async function language(file: File): Promise<"json" | "toml"> {
  if (/\.json$/i.test(file.name)) return "json";
  if (/\.toml$/i.test(file.name)) return "toml";
  return (await file.slice(0, 200).text()).trimStart().startsWith("{") ? "json" : "toml";
}
