import { expect, test } from "vitest";
import { compare, saidBy } from "./comparison";
import { marksAt, marksOfBoth, united } from "./marks";
import { momentAt } from "./timeline";
import { histories, replayed } from "./histories.fixture";

const { tutorial, tutorialOnline, triage, triageDeleted, busyTimeout } = histories;

test("a replay that came out alike is equal", () => {
  const { verdict, rows, leavesAt } = compare(tutorial, replayed(tutorial), false);
  expect(verdict).toEqual({ type: "equal", events: tutorial.length });
  expect(rows.some(({ differs }) => differs)).toBe(false);
  expect(leavesAt).toBeNull();
});

test("a replay that does not says where", () => {
  const reply = replayed(tutorialOnline, { equal: false, differs_at: 3 });
  expect(compare(tutorial, reply, false).verdict).toEqual({ type: "diverges", seq: 3 });
});

test("another path is told from where it leaves the record", () => {
  const result = compare(tutorial, replayed(tutorialOnline, { equal: false, differs_at: 3 }), true);
  expect(result.verdict).toEqual({ type: "other_path", seq: 3 });
  expect(result.rest).toBe("over");
  expect(saidBy(tutorial)).toHaveLength(1);
  expect(saidBy(tutorialOnline)).toEqual([]);
});

test("where the other path waits, what people would have answered is not invented", () => {
  const waiting = busyTimeout.findIndex(({ type }) => type === "run.waiting.v1");
  const result = compare(busyTimeout, replayed(busyTimeout.slice(0, waiting + 1), { equal: false }), true);
  expect(result.rest).toBe("waits");
});

test("a later clock alone is no difference", () => {
  const later = triage.map((event) => JSON.parse(JSON.stringify(event).replaceAll("2026-03-04", "2026-03-05")));
  const result = compare(triage, replayed(later, { equal: false }), true);
  expect(result.laterBy).toBe(86_400_000);
  // The times of answers are facts, and tell themselves.
  expect(result.rows.filter(({ differs }) => differs)).toEqual([]);
  expect(result.verdict).toEqual({ type: "same_path", saysElse: false });
});

test("the same path may say something else", () => {
  const other = triage.map((event) => JSON.parse(JSON.stringify(event).replaceAll("Ann", "Bob")));
  expect(compare(triage, replayed(other, { equal: false }), true).verdict).toEqual({ type: "same_path", saysElse: true });
});

test("the other path may need what nobody recorded", () => {
  const reply = replayed(tutorial.slice(0, 2), { equal: false, missing: "agents_online" });
  expect(compare(tutorial, reply, true)).toMatchObject({ verdict: { type: "missing", name: "agents_online" }, rest: null });
});

test("what was deleted differs from nothing", () => {
  const bare = triageDeleted.map((event) => ({ ...event, withheld: false }));
  expect(compare(triageDeleted, replayed(bare), false).rows.some(({ differs }) => differs)).toBe(false);
});

test("on the canvas the path so far stands out, what comes is told apart, and the current node most", () => {
  const moment = momentAt(triage, 4);
  if (!moment) throw new Error("the history is empty");
  const { nodes, edges } = marksAt(triage, moment);
  expect(nodes).toMatchObject({
    start: { role: "taken", count: 1 },
    ask: { role: "taken" },
    sales: { role: "current" },
    owned: { role: "ahead" },
    end: { role: "ahead" },
  });
  expect(edges).toMatchObject({ "start SUCCESS": { role: "taken" }, "ask Sales": { role: "current" }, "owned TRUE": { role: "ahead" } });
});

test("two paths are drawn in two colours, and what they share in a third", () => {
  const { nodes, edges } = marksOfBoth(tutorial, tutorialOnline);
  expect(Object.values(edges).map(({ role }) => role)).toEqual(["both", "taken", "taken", "other"]);
  expect(new Set(Object.values(nodes).map(({ role }) => role))).toEqual(new Set(["both", "taken"]));
});

test("another flow's nodes are drawn too", () => {
  const ran = { flow: "f", name: "f", trigger: "widget_opened" as const, nodes: { a: { next: { TRUE: "b" } }, b: {} }, layout: { a: [0, 0] as [number, number] } };
  const other = { ...ran, nodes: { a: { next: { FALSE: "c" } }, c: { type: "end" } }, layout: { a: [9, 9] as [number, number], c: [1, 1] as [number, number] } };
  expect(united(ran, other)).toMatchObject({
    nodes: { a: { next: { TRUE: "b", FALSE: "c" } }, b: {}, c: { type: "end" } },
    layout: { a: [0, 0], c: [1, 1] },
  });
  expect(united(ran, null)).toBe(ran);
});
