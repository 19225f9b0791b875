import { expect, test } from "vitest";
import type { FlowDefinition } from "../contract";
import { changeable, factNamed, read, written } from "./changes";
import { factsOf, named, readBy, setBy } from "./facts";
import { histories } from "./histories.fixture";

const { triage, leadForm, orderSent, tutorial } = histories;

const FLOW: FlowDefinition = {
  flow: "a-flow",
  name: "a flow",
  trigger: "message_sent",
  nodes: { say: { type: "reply", text: "{{message_body}} on {{page_url}}: {{plan}} {{customer_user_type}}" } },
};
const names = (events: typeof triage, flow: FlowDefinition | null = FLOW) => changeable(events, flow).map(({ name, of }) => `${of} ${name}`);

test("who is online and the clock can be changed of every run", () => {
  expect(names(tutorial).filter((name) => name.startsWith("world"))).toEqual(["world agents_online", "world now"]);
  expect(changeable(tutorial, null)[0]).toMatchObject({ kind: "agents", recorded: [] });
});

test("everything else that was recorded can be changed", () => {
  expect(names(triage)).toEqual([
    "world agents_online", "world assigned", "world locale", "world now", "world choice",
    "team groups.sales", "team canned_messages.hello",
    "variables message_body", "variables page_url", "variables user_fullname",
  ]);
  const choice = changeable(triage, FLOW).find(({ name }) => name === "choice");
  expect(choice).toMatchObject({ kind: "choice", recorded: "Sales", options: ["Sales", "售后"] });
});

test("what the flow never names is not offered, for it would be refused", () => {
  expect(names(triage, null).filter((name) => name.startsWith("variables"))).toEqual(["variables user_fullname"]);
});

test("who of a group was online tells who was online", () => {
  expect(changeable(triage, FLOW)[0]).toMatchObject({ name: "agents_online", recorded: ["a2"] });
});

test("what people filled in can be changed, what the run made itself cannot", () => {
  const variables = names(leadForm).filter((name) => name.startsWith("variables"));
  expect(variables).toContain("variables plan");
  expect(variables).not.toContain("variables customer_user_type");
  expect(changeable(orderSent, null).find(({ name }) => name === "var_status")).toMatchObject({ kind: "number", recorded: 200 });
});

test("a missing fact is asked for in its own way", () => {
  expect(factNamed("agents_online").kind).toBe("agents");
  expect(factNamed("groups.sales")).toMatchObject({ kind: "agents", of: "team" });
  expect(factNamed("working_hours")).toMatchObject({ kind: "json", of: "team" });
  expect(factNamed("var_score")).toMatchObject({ kind: "json", of: "variables" });
});

test.each([
  ["agents", ["a1", "a2"]], ["number", 8], ["flag", true], ["text", "12"], ["json", { a: [1] }], ["json", null],
] as const)("what is written of %s is read again", (kind, value) => {
  expect(read(kind, written(kind, value))).toEqual({ value });
});

test("what is no value of its kind is refused, and text of unknown kind is text", () => {
  expect(read("number", "many")).toBeNull();
  expect(read("flag", "yes")).toBeNull();
  expect(read("time", "soon")).toBeNull();
  expect(read("json", "DE")).toEqual({ value: "DE" });
});

test("facts that are tables are told line by line, and ids of agents as such", () => {
  const sales = triage[4];
  if (!sales) throw new Error("the history is shorter");
  expect(factsOf(sales)).toEqual([
    { name: "team", of: "groups.sales", value: { kind: "agents", ids: ["a1", "a2"] } },
    { name: "group_online", of: "sales", value: { kind: "agents", ids: ["a2"] } },
  ]);
});

test("an answer is told with its time and what it was", () => {
  const chosen = triage[3];
  if (!chosen) throw new Error("the history is shorter");
  expect(factsOf(chosen)).toEqual([
    { name: "reply", of: "", value: { kind: "time", at: "2026-03-04T05:06:11.890123Z" } },
    { name: "reply", of: "choice", value: { kind: "text", text: "Sales" } },
  ]);
  expect(setBy(chosen).map(({ name }) => name)).toEqual(["message_body", "message_subtype"]);
});

test("variables keep their kinds", () => {
  const [started] = triage;
  if (!started) throw new Error("the history is empty");
  expect(readBy(started).map(({ name }) => name)).toEqual(["message_body", "page_url"]);
  expect(named({ b: null, a: { x: 1 }, c: false }).map(({ value }) => value)).toEqual([
    { kind: "json", text: '{"x":1}' }, { kind: "nothing" }, { kind: "flag", is: false },
  ]);
});
