import { describe, expect, it } from "vitest";
import { apply, type Change } from "./change";
import { copied, pasted } from "./clipboard";
import { offered } from "./catalogue";
import { edgesOf, equal, fromKey, read } from "./definition";
import { diff } from "./diff";
import { named } from "./naming";
import { outcomesOf, waits } from "./outcomes";
import { TUTORIAL } from "./tutorial.fixture";

describe("the diff", () => {
  it("of a flow with itself, moved and commented, is empty", () => {
    const changes: readonly Change[] = [
      { type: "move", places: { start: [9, 9] } },
      { type: "put_comment", id: "c", comment: { text: "…", at: [0, 0] } },
      { type: "set_flow", fields: { overlap: "allow", event: null } },
    ];
    expect(diff(TUTORIAL, changes.reduce(apply, TUTORIAL)).isEmpty).toBe(true);
  });

  it("says which nodes, fields, edges and scenarios differ", () => {
    const changes: readonly Change[] = [
      { type: "add_node", id: "pause", node: { type: "wait", seconds: 5 } },
      { type: "set_fields", id: "apologise", fields: { text: "抱歉", notify_agents: true } },
      { type: "connect", from: "check", outcome: "FALSE", to: "pause" },
      { type: "set_flow", fields: { cooldown_s: 0, scenarios: [{ name: "somebody is there" }] } },
    ];
    const found = diff(TUTORIAL, changes.reduce(apply, TUTORIAL));
    expect(found.nodes).toEqual({ added: ["pause"], removed: [], changed: { apologise: ["text", "notify_agents"] } });
    expect(found.edges).toEqual({
      added: [{ from: "check", outcome: "FALSE", to: "pause" }],
      removed: [{ from: "check", outcome: "FALSE", to: "end" }],
    });
    expect(found.scenarios).toEqual({ added: ["somebody is there"], removed: ["nobody is there"], changed: [] });
    expect(found.fields).toEqual(["cooldown_s"]);
    expect(found.isEmpty).toBe(false);
  });
});

describe("outcomes", () => {
  it.each([
    [{ type: "start" }, ["SUCCESS"], false],
    [{ type: "end" }, [], false],
    [{ type: "agents_offline" }, ["TRUE", "FALSE", "FAILED"], false],
    [{ type: "branch", options: ["a", "b"] }, ["a", "b", "DEFAULT", "FAILED"], false],
    [{ type: "reply", text: "…" }, ["SUCCESS", "FAILED"], false],
    [{ type: "reply", quick_replies: ["是", "否"] }, ["是", "否", "SUCCESS", "FAILED"], true],
    [{ type: "reply", survey: true }, ["TIMEOUT", "SUCCESS", "FAILED"], true],
    [{ type: "reply", channel: "email" }, ["SUCCESS", "FAILED"], true],
    [{ type: "http_request" }, ["SUCCESS", "FAILED"], true],
    [{ type: "of tomorrow" }, [], false],
  ])("of %j are those that the engine yields", (node, outcomes, isWaiting) => {
    expect(outcomesOf(node)).toEqual(outcomes);
    expect(waits(node)).toBe(isWaiting);
  });
});

describe("copy and paste", () => {
  it("gives the copies ids of their own and keeps the edges among them, in any flow", () => {
    const text = copied(TUTORIAL, ["check", "apologise"]);
    const paste = pasted(TUTORIAL, text, [1000, 1000]);
    expect(paste?.ids).toEqual(["check-2", "apologise-2"]);
    const after = apply(TUTORIAL, paste?.change ?? { type: "many", changes: [] });
    expect(after.nodes["check-2"]).toEqual({ ...TUTORIAL.nodes["check"], next: { TRUE: "apologise-2" } });
    expect(after.nodes["apologise-2"]).not.toHaveProperty("next");
    expect(after.layout?.["check-2"]).toEqual([1000, 1040]);
    expect(pasted({ ...TUTORIAL, nodes: {} }, text, null)?.ids).toEqual(["check", "apologise"]);
  });

  it.each(["", "你好", "{}", '{"frontdesk-nodes":1', '{"frontdesk-nodes":1,"nodes":{"a b":{}}}'])("takes nothing of %j", (text) => {
    expect(pasted(TUTORIAL, text, null)).toBeNull();
  });
});

it("names new nodes by their type and the next number", () => {
  const [start] = offered("widget_opened");
  const offline = offered("widget_opened").find((type) => type.type === "agents_offline");
  expect(start && named({ ...TUTORIAL, nodes: {} }, start, "zh")).toEqual({ id: "start", name: "开始" });
  expect(offline && named(TUTORIAL, offline, "zh")).toEqual({ id: "agents_offline-5", name: "座席离线-5" });
  expect(offline && named(TUTORIAL, offline, "en").name).toBe("Agents offline-5");
});

it("reads whatever a draft holds", () => {
  expect(read({ nodes: { a: 3, b: { type: "end" } }, layout: { b: [1, 2], c: "x" } })).toMatchObject({
    flow: "",
    nodes: { b: { type: "end" } },
    layout: { b: [1, 2] },
  });
  expect(read({ comments: { a: { text: "x", at: [1, 2] }, b: { text: "x", at: "here" }, c: 3 } }).comments).toEqual({
    a: { text: "x", at: [1, 2] },
  });
  expect(edgesOf(read({ nodes: { a: { next: { TRUE: "b", FALSE: 3 } } } }))).toEqual([{ from: "a", outcome: "TRUE", to: "b" }]);
  expect(fromKey("ask 售前 咨询")).toEqual(["ask", "售前 咨询"]);
  expect(equal({ a: [1, { b: 2 }] }, { a: [1, { b: 2 }] })).toBe(true);
  expect(equal({ a: undefined }, { b: 1 })).toBe(false);
});
