import { expect, test } from "vitest";
import { widgetAt } from "./widget";
import { histories, message } from "./histories.fixture";

const { triage, leadForm, triageDeleted, tutorial } = histories;
const around = { said: [], looks: { title: "Shop" }, laterBy: 0 };

test("a question stands open while the run waits, and locks the input when it says so", () => {
  const state = widgetAt(triage, 3, around);
  expect(state.lines.map(({ text }) => text)).toEqual(["您需要什么帮助？"]);
  expect(state.ask).toEqual({ type: "choices", message: "run-1.3.1", choices: ["Sales", "售后"], isSurvey: false });
  expect(state.isLocked).toBe(true);
});

test("an answered question is gone, and the choice stands after it as the visitor's own", () => {
  const said = [
    message({ id: "e2", seq: 9, at: "2026-03-04T05:06:11.5Z", text: "Sales" }),
    message({ id: "run-1.3.1", seq: 8, author_kind: "robot", run: "run-1", text: "您需要什么帮助？" }),
  ];
  const state = widgetAt(triage, 8, { ...around, said });
  expect(state.lines.map(({ text, author, isOwn }) => [author.kind, text, isOwn])).toEqual([
    ["robot", "您需要什么帮助？", true],
    ["visitor", "Sales", true],
    ["agent", "您好 Ann", true],
  ]);
  expect(state.ask).toBeNull();
});

test("what others said by then is there too, and what came later is not", () => {
  const said = [
    message({ id: "m1", seq: 1, at: "2026-03-04T05:00:00Z", text: "before" }),
    message({ id: "m2", seq: 2, at: "2026-03-04T05:06:09Z", text: "between", author_kind: "agent", author: "a2" }),
    message({ id: "m3", seq: 3, at: "2026-03-04T05:06:09Z", text: "for the team", kind: "note" }),
    message({ id: "m4", seq: 4, at: "2026-03-04T06:00:00Z", text: "after" }),
  ];
  const state = widgetAt(triage, 4, { ...around, said });
  expect(state.lines.map(({ text, isOwn }) => [text, isOwn])).toEqual([
    ["before", false],
    ["您需要什么帮助？", true],
    ["between", false],
  ]);
});

test("what was said goes with a clock that was put forward", () => {
  const said = [message({ id: "m1", at: "2026-03-04T05:06:00Z", text: "before" })];
  const later = triage.map((event) => ({ ...event, at: event.at.replace("2026-03-04", "2026-03-05") }));
  const day = 86_400_000;
  expect(widgetAt(later, 2, { ...around, said, laterBy: day }).lines[0]?.at).toBe("2026-03-05T05:06:00.000Z");
});

test("a form stands open with its fields, and later as what was filled in", () => {
  expect(widgetAt(leadForm, 3, around).ask).toMatchObject({ type: "form", message: "run-1.3.1" });
  const [line] = widgetAt(leadForm, 4, around).lines;
  expect(line?.filled).toEqual({ user_email: "ann@shop.example", plan: "pro", wish: "peace" });
});

test("the window changes its looks where the run says so, and keeps what it does not name", () => {
  expect(widgetAt(leadForm, 8, around).appearance).toEqual({ title: "Shop" });
  const state = widgetAt(leadForm, 10, { ...around, looks: { title: "Shop", reply_time: "soon" } });
  expect(state.appearance).toEqual({ title: "您好", colour: "#1677ff", reply_time: "soon" });
  expect(state.ask).toMatchObject({ type: "choices", isSurvey: true });
});

test("a deleted text is said to be", () => {
  expect(widgetAt(triageDeleted, 8, around).lines.map(({ text, isDeleted }) => [text, isDeleted])).toEqual([
    ["", true],
    ["", true],
  ]);
});

test("a run that posts at once shows it at that step", () => {
  const posts = tutorial.find((event) => event.type === "run.node_completed.v1" && (event.effects ?? []).length > 0);
  expect(widgetAt(tutorial, (posts?.seq ?? 0) - 1, around).lines).toEqual([]);
  expect(widgetAt(tutorial, posts?.seq ?? 0, around).lines).toHaveLength(1);
});
