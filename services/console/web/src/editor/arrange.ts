import type { ElkNode } from "elkjs/lib/elk-api";
import type { FlowDefinition } from "../contract";
import { GRID, heightOf, WIDTH } from "../canvas/geometry";
import type { Change } from "../graph/change";
import { edgesOf, incomingOf, type Place } from "../graph/definition";
import { outcomesOf } from "../graph/outcomes";

const OPTIONS = {
  "elk.algorithm": "layered",
  "elk.direction": "RIGHT",
  "elk.spacing.nodeNode": "40",
  "elk.layered.spacing.nodeNodeBetweenLayers": "92",
  "elk.layered.considerModelOrder.strategy": "NODES_AND_EDGES",
  "elk.layered.nodePlacement.strategy": "NETWORK_SIMPLEX",
};

/** What puts every box in its layer, from left to right; elk comes when it is first asked for. */
export async function arranged(definition: FlowDefinition): Promise<Change> {
  const { default: Elk } = await import("elkjs/lib/elk.bundled.js");
  const placed = await new Elk().layout(graphOf(definition));
  const places = (placed.children ?? []).map(({ id, x = 0, y = 0 }): [string, Place] => [id, [snapped(x + 40), snapped(y + 80)]]);
  return { type: "move", places: Object.fromEntries(places) };
}

function graphOf(definition: FlowDefinition): ElkNode {
  const incoming = incomingOf(definition);
  const children = Object.entries(definition.nodes).map(([id, node]) => {
    const height = heightOf(incoming.get(id)?.length ?? 0, outcomesOf(node).length);
    return { id, width: WIDTH, height };
  });
  const edges = edgesOf(definition).filter(({ to }) => definition.nodes[to]);
  return {
    id: "flow",
    layoutOptions: OPTIONS,
    children,
    edges: edges.map(({ from, outcome, to }) => ({ id: `${from} ${outcome}`, sources: [from], targets: [to] })),
  };
}

function snapped(number: number): number {
  return Math.round(number / GRID) * GRID;
}
