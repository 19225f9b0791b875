import type { FlowDefinition } from "../contract";
import { nextOf, type Place } from "./definition";

/** Between boxes that follow each other, and between those beside each other. */
const COLUMN = 340;
const LINE = 180;

/** Where each box stands: as the layout says, and what it does not say in columns by the way from the start. */
export function placesOf(definition: FlowDefinition): ReadonlyMap<string, Place> {
  const layout = definition.layout ?? {};
  const missing = Object.keys(definition.nodes).filter((id) => !layout[id]);
  const places = new Map<string, Place>(Object.entries(layout));
  if (missing.length === 0) return places;
  const bottom = Math.max(80 - LINE, ...[...places.values()].map(([, y]) => y));
  const columns = columnsOf(definition);
  const filled = new Map<number, number>();
  for (const id of missing) {
    const column = columns.get(id) ?? 0;
    const line = filled.get(column) ?? 0;
    filled.set(column, line + 1);
    places.set(id, [40 + column * COLUMN, bottom + LINE * (line + 1)]);
  }
  return places;
}

/** How many steps each node is away from the start; nodes off every path begin a way of their own. */
function columnsOf(definition: FlowDefinition): ReadonlyMap<string, number> {
  const ids = Object.keys(definition.nodes);
  const starts = ids.filter((id) => definition.nodes[id]?.["type"] === "start");
  const columns = new Map<string, number>();
  for (const first of [...starts, ...ids]) {
    if (columns.has(first)) continue;
    columns.set(first, 0);
    const ahead = [first];
    for (let id = ahead.shift(); id !== undefined; id = ahead.shift()) {
      for (const target of Object.values(nextOf(definition.nodes[id]))) {
        if (columns.has(target) || !definition.nodes[target]) continue;
        columns.set(target, (columns.get(id) ?? 0) + 1);
        ahead.push(target);
      }
    }
  }
  return columns;
}
