import { expect, test } from "vitest";
import type { Scenario } from "../contract";
import { NameTaken, withScenario } from "./drafting";

const scenario: Scenario = { name: "as then", path: ["start SUCCESS", "end"] };

test("a scenario comes after those of the draft, and nothing else changes", () => {
  const draft = { name: "a flow", nodes: {}, scenarios: [{ name: "one" }] };
  expect(withScenario(draft, scenario)).toEqual({ ...draft, scenarios: [{ name: "one" }, scenario] });
});

test("a draft may have no scenarios, or something unfinished in their place", () => {
  expect(withScenario({}, scenario)).toEqual({ scenarios: [scenario] });
  expect(withScenario({ scenarios: "soon" }, scenario)).toEqual({ scenarios: [scenario] });
});

test("of two scenarios of one name nobody could tell which failed", () => {
  expect(() => withScenario({ scenarios: [scenario] }, scenario)).toThrow(NameTaken);
});
