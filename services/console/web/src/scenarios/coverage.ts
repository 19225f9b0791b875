import type { Marks } from "../canvas/marks";
import type { FlowDefinition, FlowTested, ScenarioResult } from "../contract";
import { edgeKey, edgesOf } from "../graph/definition";

/** Classes of the stylesheet, and a word for what no scenario reaches. */
export type Drawing = { readonly classes: Readonly<Record<string, string>>; readonly unreached: string };

/** What no scenario shows; with a result its path instead. */
export function marksOf(definition: FlowDefinition, tested: FlowTested, result: ScenarioResult | null, drawing: Drawing): Marks {
  return result ? pathMarks(definition, result, drawing) : coverageMarks(definition, tested, drawing);
}

function coverageMarks(definition: FlowDefinition, tested: FlowTested, { classes, unreached }: Drawing): Marks {
  if (tested.results.length === 0) return {};
  const mark = { className: classes["unreached"] ?? "", badge: unreached };
  const nodes = Object.fromEntries(tested.coverage.nodes?.map((id) => [id, mark]) ?? []);
  const left = new Set(tested.coverage.outcomes);
  const dark = new Set(tested.coverage.nodes);
  const edges = edgesOf(definition).map(({ from, outcome }) => {
    const isUntaken = left.has(edgeKey(from, outcome)) || dark.has(from);
    const className = classes[isUntaken ? "untaken" : "taken"] ?? "";
    return [edgeKey(from, outcome), { className, width: isUntaken ? 1.5 : 2.5 }] as const;
  });
  return { nodes, edges: Object.fromEntries(edges) };
}

function pathMarks(definition: FlowDefinition, result: ScenarioResult, { classes }: Drawing): Marks {
  const taken = new Set(result.path);
  const walked = new Set(result.path.map((step) => step.split(" ")[0]));
  const nodes = Object.keys(definition.nodes).map((id) => [id, { className: classes[walked.has(id) ? "walked" : "aside"] ?? "" }]);
  const edges = edgesOf(definition).map(({ from, outcome }) => {
    const isTaken = taken.has(edgeKey(from, outcome));
    return [edgeKey(from, outcome), { className: classes[isTaken ? "taken" : "aside"] ?? "", width: isTaken ? 3 : 1 }];
  });
  return { nodes: Object.fromEntries(nodes), edges: Object.fromEntries(edges) };
}
