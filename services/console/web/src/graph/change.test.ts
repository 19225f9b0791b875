import { describe, expect, it } from "vitest";
import type { FlowDefinition } from "../contract";
import { apply, type Change, invert } from "./change";
import { nameOf } from "./definition";
import { begin, record, redo, sealed, undo } from "./history";
import { TUTORIAL } from "./tutorial.fixture";

const EDITS: readonly Change[] = [
  { type: "add_node", id: "pause", node: { type: "wait", seconds: 15 }, at: [10, 20] },
  { type: "add_node", id: "first", node: { type: "wait" }, before: "start" },
  { type: "remove_node", id: "check" },
  { type: "remove_node", id: "end" },
  { type: "remove_node", id: "nobody" },
  { type: "set_fields", id: "check", fields: { name: "谁在", group: "sales" } },
  { type: "set_fields", id: "apologise", fields: { text: undefined, canned: "sorry" } },
  { type: "connect", from: "check", outcome: "FAILED", to: "apologise" },
  { type: "connect", from: "check", outcome: "TRUE", to: "end" },
  { type: "disconnect", from: "start", outcome: "SUCCESS" },
  { type: "move", places: { start: [1, 2], end: null } },
  { type: "set_flow", fields: { name: "另一个", cooldown_s: undefined, overlap: "skip" } },
  { type: "put_comment", id: "c1", comment: { text: "为什么", at: [0, 0] } },
  { type: "replace", definition: { flow: "other", name: "另一个", trigger: "message_sent", nodes: {} } },
  {
    type: "many",
    changes: [
      { type: "remove_node", id: "apologise" },
      { type: "connect", from: "check", outcome: "TRUE", to: "end" },
      { type: "add_node", id: "apologise", node: { type: "reply" } },
    ],
  },
];

describe("a change", () => {
  it.each(EDITS)("$type is taken back by its inverse, the order of nodes included", (change) => {
    const before = JSON.stringify(TUTORIAL);
    const after = apply(TUTORIAL, change);
    const back = apply(after, invert(TUTORIAL, change));
    expect(back).toEqual({ comments: {}, ...TUTORIAL, ...(back.comments ? {} : { comments: undefined }) });
    expect(Object.keys(back.nodes)).toEqual(Object.keys(TUTORIAL.nodes));
    expect(JSON.stringify(TUTORIAL)).toBe(before);
  });

  it("that removes a node removes the edges to it, and its place", () => {
    const after = apply(TUTORIAL, { type: "remove_node", id: "end" });
    expect(after.nodes["check"]).toEqual({ ...TUTORIAL.nodes["check"], next: { TRUE: "apologise" } });
    expect(after.nodes["apologise"]).not.toHaveProperty("next");
    expect(after.layout).not.toHaveProperty("end");
  });

  it("of one node leaves every other node the same object", () => {
    const after = apply(TUTORIAL, { type: "set_fields", id: "check", fields: { name: "谁在" } });
    expect(after.nodes["start"]).toBe(TUTORIAL.nodes["start"]);
    expect(nameOf(after, "check")).toBe("谁在");
  });

  it("of what is not there changes nothing", () => {
    expect(apply(TUTORIAL, { type: "connect", from: "nobody", outcome: "TRUE", to: "end" })).toBe(TUTORIAL);
    expect(apply(TUTORIAL, { type: "add_node", id: "end", node: { type: "wait" } })).toBe(TUTORIAL);
  });
});

describe("the history", () => {
  it("takes back and does again fifty edits, whatever they are", () => {
    const seen: FlowDefinition[] = [TUTORIAL];
    let history = begin(TUTORIAL);
    for (let step = 0; step < 50; step += 1) {
      history = record(history, edit(step));
      seen.push(history.present);
    }
    for (const expected of seen.slice(0, -1).reverse()) {
      history = undo(history);
      expect(history.present.nodes).toEqual(expected.nodes);
      expect(history.present.layout).toEqual(expected.layout);
    }
    expect(undo(history)).toBe(history);
    for (const expected of seen.slice(1)) {
      history = redo(history);
      expect(history.present.nodes).toEqual(expected.nodes);
    }
  });

  it("makes one step of what is typed into one field, until it is sealed", () => {
    const typed = (name: string): Change => ({ type: "set_fields", id: "check", fields: { name } });
    let history = record(begin(TUTORIAL), typed("谁"), "check.name");
    history = record(history, typed("谁在"), "check.name");
    expect(history.past).toHaveLength(1);
    history = record(sealed(history), typed("谁在线"), "check.name");
    expect(history.past).toHaveLength(2);
    expect(nameOf(undo(history).present, "check")).toBe("谁在");
    expect(nameOf(undo(undo(history)).present, "check")).toBe("判断座席是否离线");
    expect(nameOf(redo(redo(undo(undo(history)))).present, "check")).toBe("谁在线");
  });

  it("forgets what was taken back once something else is done", () => {
    const history = record(undo(record(begin(TUTORIAL), edit(0))), edit(1));
    expect(redo(history)).toBe(history);
  });
});

/** One of several kinds of edit, each of which changes something at every step. */
function edit(step: number): Change {
  const id = `wait-${step - (step % 5)}`;
  const edits: readonly Change[] = [
    { type: "add_node", id, node: { type: "wait", seconds: step + 1 }, at: [step, 0] },
    { type: "connect", from: "check", outcome: "FAILED", to: id },
    { type: "move", places: { start: [step, step], [id]: [step, 1] } },
    { type: "set_fields", id, fields: { seconds: step + 100 } },
    { type: "remove_node", id },
  ];
  return edits[step % 5] ?? { type: "many", changes: [] };
}
