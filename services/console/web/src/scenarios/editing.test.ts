import { expect, test } from "vitest";
import type { FlowDefinition, FlowTested } from "../contract";
import { marksOf } from "./coverage";
import { accepted, added, stepOf, textOf, valueOf, withGiven, written } from "./editing";

test("a scenario that is added or copied has a name of its own", () => {
  const names = added(added([{ name: "one" }], { name: "one" }), { name: "one" }).map(({ name }) => name);
  expect(names).toEqual(["one", "one 2", "one 3"]);
});

test("a value is read back as it was, whatever it looks like", () => {
  for (const value of ["text", "5", 5, true, "true", "", null, [1, "a"], { a: 1 }, '"', "[1"]) {
    expect(valueOf(textOf(value))).toEqual(value);
  }
  expect(textOf("plain")).toBe("plain");
});

test("a step that says only its type is written short", () => {
  expect(written(stepOf("TIMEOUT"))).toBe("TIMEOUT");
  expect(written({ type: "VISITOR_ANSWER", text: "yes" })).toEqual({ type: "VISITOR_ANSWER", text: "yes" });
});

test("a world of which nothing is said is left out", () => {
  expect(withGiven({ name: "one", given: { locale: "en" } }, {})).toEqual({ name: "one" });
});

test("what a scenario did becomes its promise", () => {
  const result = { name: "one", passed: false, path: ["start SUCCESS", "end"], messages: ["hi"] };
  expect(accepted({ name: "one", path: [] }, result)).toEqual({ name: "one", path: ["start SUCCESS", "end"], messages: ["hi"] });
});

const flow: FlowDefinition = {
  flow: "f",
  name: "F",
  trigger: "message_sent",
  nodes: { start: { type: "start", next: { SUCCESS: "ask" } }, ask: { type: "logic", next: { TRUE: "end", FALSE: "far" } }, far: { type: "reply", next: { SUCCESS: "end" } }, end: { type: "end" } },
};
const drawing = { classes: { unreached: "u", untaken: "n", taken: "t", walked: "w", aside: "a" }, unreached: "!" };
const result = { name: "one", passed: true, path: ["start SUCCESS", "ask TRUE", "end"], messages: [] };
const tested: FlowTested = { results: [result], coverage: { nodes: ["far"], outcomes: ["ask FALSE"] }, problems: [] };

test("what no scenario reaches is marked on the canvas", () => {
  const marks = marksOf(flow, tested, null, drawing);
  expect(marks.nodes).toEqual({ far: { className: "u", badge: "!" } });
  expect(Object.entries(marks.edges ?? {}).filter(([, mark]) => mark.className === "n").map(([key]) => key)).toEqual(["ask FALSE", "far SUCCESS"]);
});

test("one scenario's path is set off from the rest", () => {
  const marks = marksOf(flow, tested, result, drawing);
  expect(marks.nodes?.["far"]?.className).toBe("a");
  expect(marks.edges?.["ask TRUE"]?.className).toBe("t");
  expect(marks.edges?.["ask FALSE"]?.className).toBe("a");
});
