import { send } from "../api/http";
import type { FlowDefinition } from "../contract";

export type FileType = "toml" | "json";

/** Hand the definition to the person as a file. */
export async function download(definition: FlowDefinition, type: FileType): Promise<void> {
  const text = type === "json" ? `${JSON.stringify(definition, null, 2)}\n` : await toml(definition);
  const address = URL.createObjectURL(new Blob([text], { type: `application/${type}` }));
  const link = document.createElement("a");
  link.href = address;
  link.download = `${definition.flow || "flow"}.${type}`;
  link.click();
  URL.revokeObjectURL(address);
}

/** The definition as TOML. */
export function toml(definition: FlowDefinition): Promise<string> {
  return send<string>("POST", "/flows/toml", { definition });
}
