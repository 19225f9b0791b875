import { expect, it } from "vitest";
import { followed } from "./following";

const NODE = { type: "branch", options: ["a", "b"], next: { a: "x", b: "y", DEFAULT: "z" } };

it.each([
  ["renamed, it leads where it led", ["a", "c"], { next: { a: "x", c: "y", DEFAULT: "z" } }],
  ["taken away, its edge goes", ["a"], { next: { a: "x", DEFAULT: "z" } }],
  ["added, nothing changes", ["a", "b", "c"], {}],
  ["in another order, nothing changes", ["b", "a"], {}],
  ["all gone, the fixed outcomes stay", undefined, { next: { DEFAULT: "z" } }],
])("an option %s", (_, after, expected) => {
  expect(followed(NODE, NODE.options, after)).toEqual(expected);
});
