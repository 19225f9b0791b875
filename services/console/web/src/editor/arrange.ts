import type { ElkNode } from "elkjs/lib/elk-api";
import workerUrl from "elkjs/lib/elk-worker.min.js?url";
import type { FlowDefinition } from "../contract";
import { GRID, heightOf, WIDTH } from "../canvas/geometry";
import type { Change } from "../graph/change";
import { edgesOf, incomingOf, type Place } from "../graph/definition";
import { outcomesOf } from "../graph/outcomes";

const OPTIONS = {
  "elk.algorithm": "layered",
  "elk.direction": "RIGHT",
  "elk.spacing.nodeNode": "40",
  // Of what nothing connects; elk's own is less than a triangle.
  "elk.spacing.componentComponent": "60",
  "elk.layered.spacing.nodeNodeBetweenLayers": "92",
  "elk.layered.considerModelOrder.strategy": "NODES_AND_EDGES",
  // Not the network simplex, which takes minutes where long edges go back and forth among 200 nodes.
  "elk.layered.nodePlacement.strategy": "BRANDES_KOEPF",
};

/** Where each box comes into its layer, from left to right. Elk works beside the page, which stays usable meanwhile. */
export async function arranged(definition: FlowDefinition): Promise<ReadonlyMap<string, Place>> {
  const { default: Elk } = await import("elkjs/lib/elk-api");
  const elk = new Elk({ workerUrl });
  try {
    const { children = [] } = await elk.layout(graphOf(definition));
    return new Map(children.map(({ id, x = 0, y = 0 }): [string, Place] => [id, [snapped(x + 40), snapped(y + 80)]]));
  } finally {
    elk.terminateWorker();
  }
}

/** What moves the boxes there; those that are gone by now have no place any more. */
export function moved(definition: FlowDefinition, places: ReadonlyMap<string, Place>): Change {
  return { type: "move", places: Object.fromEntries([...places].filter(([id]) => id in definition.nodes)) };
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
