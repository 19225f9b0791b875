import { useQuery } from "@tanstack/react-query";
import type { FlowDefinition } from "../contract";
import { type Language, written } from "./text";

/** The scenarios of a flow as text. */
export function useWritten(definition: FlowDefinition, language: Language) {
  return useQuery({
    queryKey: ["scenarios as text", language, definition.scenarios],
    queryFn: () => written(definition, language),
    gcTime: 60_000,
  });
}
