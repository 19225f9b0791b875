import type { FlowDefinition } from "../contract";
import { type Change, type FlowFields, together } from "../graph/change";
import { equal, type Place } from "../graph/definition";

/** The change that makes `after` of `before`: one step of undo. The flow's id stays. */
export function becoming(before: FlowDefinition, after: FlowDefinition): Change {
  return together([
    ...removed(before, after),
    ...nodes(before, after),
    { type: "set_flow", fields: fields(after) },
    { type: "move", places: places(before, after) },
    ...comments(before, after),
  ]);
}

function removed(before: FlowDefinition, after: FlowDefinition): readonly Change[] {
  const gone = Object.keys(before.nodes).filter((id) => !(id in after.nodes));
  return gone.map((id) => ({ type: "remove_node", id }));
}

/** New nodes, and those that differ; the latter anew even if only edges went with a node that is gone. */
function nodes(before: FlowDefinition, after: FlowDefinition): readonly Change[] {
  return Object.entries(after.nodes).flatMap(([id, node]): readonly Change[] => {
    if (!(id in before.nodes)) return [{ type: "add_node", id, node }];
    return equal(before.nodes[id], node) ? [] : [{ type: "replace_node", id, node }];
  });
}

function fields({ name, trigger, event, cooldown_s, overlap, scenarios }: FlowDefinition): FlowFields {
  return { name, trigger, event, cooldown_s, overlap, scenarios };
}

function places(before: FlowDefinition, after: FlowDefinition): Readonly<Record<string, Place | null>> {
  const ids = new Set([...Object.keys(before.layout ?? {}), ...Object.keys(after.layout ?? {})]);
  const moved = [...ids].filter((id) => !equal(before.layout?.[id], after.layout?.[id]));
  return Object.fromEntries(moved.map((id) => [id, after.layout?.[id] ?? null]));
}

function comments(before: FlowDefinition, after: FlowDefinition): readonly Change[] {
  const ids = new Set([...Object.keys(before.comments ?? {}), ...Object.keys(after.comments ?? {})]);
  const changed = [...ids].filter((id) => !equal(before.comments?.[id], after.comments?.[id]));
  return changed.map((id) => ({ type: "put_comment", id, comment: after.comments?.[id] ?? null }));
}
