import type { FlowDefinition } from "../contract";
import { incomingOf, nextOf } from "../graph/definition";
import { placesOf } from "../graph/placing";

export type Way = "ArrowLeft" | "ArrowRight" | "ArrowUp" | "ArrowDown";

/** The node that one comes to from another: along an edge to the right or left, else the nearest above or below. */
export function neighbour(definition: FlowDefinition, from: string | null, way: Way): string | null {
  const ids = Object.keys(definition.nodes);
  const first = ids.find((id) => definition.nodes[id]?.["type"] === "start") ?? ids[0] ?? null;
  if (from === null || !definition.nodes[from]) return first;
  if (way === "ArrowRight") return Object.values(nextOf(definition.nodes[from])).find((id) => definition.nodes[id]) ?? null;
  if (way === "ArrowLeft") return incomingOf(definition).get(from)?.[0]?.from ?? null;
  const places = placesOf(definition);
  const [x, y] = places.get(from) ?? [0, 0];
  const sign = way === "ArrowDown" ? 1 : -1;
  const ahead = ids.flatMap((id) => {
    const [left, top] = places.get(id) ?? [0, 0];
    const distance = (top - y) * sign;
    return id !== from && distance > 0 ? [{ id, far: distance + Math.abs(left - x) * 2 }] : [];
  });
  return ahead.toSorted((one, other) => one.far - other.far)[0]?.id ?? null;
}
