import { expect, test } from "vitest";
import type { FlowDefinition } from "../contract";
import { becoming } from "../drafts/becoming";
import { apply } from "../graph/change";
import { equal } from "../graph/definition";
import { merge } from "./merge";

const base: FlowDefinition = {
  flow: "f",
  name: "F",
  trigger: "widget_opened",
  nodes: {
    start: { type: "start", next: { SUCCESS: "ask" } },
    ask: { type: "reply", name: "Ask", text: "hello", next: { SUCCESS: "end" } },
    end: { type: "end" },
  },
  layout: { start: [0, 0], ask: [200, 0] },
  scenarios: [{ name: "one", path: ["start SUCCESS"] }],
};
const withNode = (definition: FlowDefinition, id: string, node: FlowDefinition["nodes"][string]): FlowDefinition => ({
  ...definition,
  nodes: { ...definition.nodes, [id]: node },
});
const ask = base.nodes["ask"] ?? {};

test("what does not overlap is merged: fields of one node, edges, scenarios, the flow itself", () => {
  const mine = { ...withNode(base, "ask", { ...ask, text: "hi" }), cooldown_s: 60 };
  const renamed = withNode(base, "ask", { ...ask, name: "Question", next: { SUCCESS: "end", FAILED: "end" } });
  const theirs = { ...renamed, scenarios: [...(base.scenarios ?? []), { name: "two" }] };
  const { definition, overlaps } = merge(base, mine, theirs);
  expect(overlaps).toEqual([]);
  expect(definition.nodes["ask"]).toEqual({ ...ask, name: "Question", text: "hi", next: { SUCCESS: "end", FAILED: "end" } });
  expect(definition.cooldown_s).toBe(60);
  expect(definition.scenarios?.map(({ name }) => name)).toEqual(["one", "two"]);
});

test("what both changed is asked, and mine unless theirs is chosen", () => {
  const mine = withNode(base, "ask", { ...ask, text: "mine" });
  const theirs = withNode(base, "ask", { ...ask, text: "theirs" });
  const asked = merge(base, mine, theirs);
  expect(asked.overlaps).toEqual([{ key: "node ask text", mine: "mine", theirs: "theirs" }]);
  expect(asked.definition.nodes["ask"]?.["text"]).toBe("mine");
  expect(merge(base, mine, theirs, { "node ask text": "theirs" }).definition.nodes["ask"]?.["text"]).toBe("theirs");
});

test("a node that one side removed is gone, unless the other changed it or leads to it anew", () => {
  const theirs = apply(base, { type: "remove_node", id: "ask" });
  expect(Object.keys(merge(base, base, theirs).definition.nodes)).toEqual(["start", "end"]);
  const changed = merge(base, withNode(base, "ask", { ...ask, text: "hi" }), theirs);
  expect(changed.overlaps.map(({ key }) => key)).toEqual(["node ask"]);
  expect(changed.definition.nodes["ask"]).toBeDefined();
  const led = withNode(base, "again", { type: "logic", next: { TRUE: "ask" } });
  expect(merge(base, led, theirs).overlaps.map(({ key }) => key)).toEqual(["node ask"]);
  const gone = merge(base, led, theirs, { "node ask": "theirs" }).definition;
  expect(gone.nodes["again"]).toEqual({ type: "logic" });
});

test("a moved box is no conflict", () => {
  const mine = { ...base, layout: { ...base.layout, ask: [1, 1] satisfies [number, number] } };
  const theirs = { ...base, layout: { ...base.layout, ask: [2, 2] satisfies [number, number] } };
  const { definition, overlaps } = merge(base, mine, theirs);
  expect(overlaps).toEqual([]);
  expect(definition.layout?.["ask"]).toEqual([1, 1]);
});

test("a merge of a flow with itself is itself", () => {
  expect(equal(merge(base, base, base).definition.nodes, base.nodes)).toBe(true);
});

test("one change makes a flow of another, in one step", () => {
  const changed: FlowDefinition = {
    ...withNode(apply(base, { type: "remove_node", id: "ask" }), "wait", { type: "wait", seconds: 5 }),
    name: "G",
    trigger: "event_tracked",
    event: "click",
    layout: { wait: [3, 3] },
    scenarios: [],
    comments: { c: { text: "note", at: [0, 0] } },
  };
  const there = apply(base, becoming(base, changed));
  expect(equal(there, changed)).toBe(true);
  const back = apply(changed, becoming(changed, base));
  expect(equal({ ...back, comments: {} }, { ...base, comments: {} })).toBe(true);
});
