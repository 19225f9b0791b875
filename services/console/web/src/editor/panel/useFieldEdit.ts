import { useCallback } from "react";
import { useEditor } from "../useEditor";
import { followed } from "./following";

/** Where a node's author names outcomes. */
const NAMING = new Set(["options", "quick_replies"]);

/** Sets a parameter of a node; edges follow the outcomes that it names. */
export function useFieldEdit(id: string): (name: string, value: unknown) => void {
  const { definition, apply } = useEditor();
  const node = definition.nodes[id];
  return useCallback(
    (name, value) => {
      const next = node && NAMING.has(name) ? followed(node, node[name], value) : undefined;
      apply({ type: "set_fields", id, fields: { [name]: value, ...next } }, `${id}.${name}`);
    },
    [id, node, apply],
  );
}
