import { describe, expect, it } from "vitest";
import { TUTORIAL } from "../graph/tutorial.fixture";
import { beginning, type EditorAction, editorReducer } from "./state";
import { neighbour } from "./walking";

describe("the editor", () => {
  it("chooses what is pasted, and forgets what is gone", () => {
    const removed = after([
      { type: "select", ids: ["check", "check TRUE", "end"] },
      { type: "panel", node: "check" },
      { type: "apply", change: { type: "remove_node", id: "check" }, label: null, select: null },
    ]);
    expect([...removed.selection]).toEqual(["end"]);
    expect(removed.panel).toBeNull();
    expect(after([{ type: "undo" }], removed).history.present.nodes).toHaveProperty("check");
  });

  it("hears of boxes and edges that are chosen in one click, one after the other", () => {
    const chosen = after([
      { type: "select", ids: ["start"] },
      { type: "choose", choices: [{ id: "check TRUE", selected: true }] },
      { type: "choose", choices: [{ id: "start", selected: false }] },
    ]);
    expect([...chosen.selection]).toEqual(["check TRUE"]);
  });

  it("begins anew with another document", () => {
    const edited = after([{ type: "apply", change: { type: "remove_node", id: "end" }, label: null, select: null }]);
    const loaded = after([{ type: "load", definition: TUTORIAL, base: 3 }], edited);
    expect(loaded.history.past).toEqual([]);
    expect(loaded.base).toBe(3);
    expect(after([{ type: "rebase", base: 4 }], edited).history.past).toHaveLength(1);
  });
});

it("walks along edges, and to the nearest above or below", () => {
  expect(neighbour(TUTORIAL, null, "ArrowRight")).toBe("start");
  expect(neighbour(TUTORIAL, "start", "ArrowRight")).toBe("check");
  expect(neighbour(TUTORIAL, "end", "ArrowLeft")).toBe("check");
  expect(neighbour(TUTORIAL, "check", "ArrowUp")).toBe("apologise");
  expect(neighbour(TUTORIAL, "apologise", "ArrowUp")).toBeNull();
});

function after(actions: readonly EditorAction[], state = beginning(TUTORIAL, 1)) {
  return actions.reduce(editorReducer, state);
}
