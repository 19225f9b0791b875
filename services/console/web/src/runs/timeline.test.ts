import { expect, test } from "vitest";
import { isWithheld, joined, momentAt, pauseBefore, stepOf } from "./timeline";
import { histories } from "./histories.fixture";

const { triage, leadForm, triageDeleted } = histories;

test("at the start nothing has been visited, and the first node is next", () => {
  const moment = momentAt(triage, 1);
  expect(moment).toMatchObject({ current: "start", status: "running", edge: null, since: 0, elapsed: 0 });
  expect(moment?.visited.size).toBe(0);
  expect(moment?.variables).toMatchObject({ message_body: "hello" });
});

test("a node that yielded leads to the next one by its outcome", () => {
  expect(momentAt(triage, 4)).toMatchObject({ current: "sales", edge: "ask Sales", since: 4_000 });
});

test("a waiting run stands where it waits, and has taken nothing new", () => {
  const moment = momentAt(triage, 3);
  expect(moment).toMatchObject({ current: "ask", status: "waiting", edge: null });
  expect([...(moment?.taken.keys() ?? [])]).toEqual(["start SUCCESS"]);
});

test("at the end the whole path is there, in order, with what the nodes have set", () => {
  const moment = momentAt(triage, 8);
  expect([...(moment?.taken.keys() ?? [])]).toEqual([
    "start SUCCESS", "ask Sales", "sales SUCCESS", "owned TRUE", "thanks SUCCESS",
  ]);
  expect(moment?.variables).toMatchObject({ message_body: "Sales", page_url: "https://shop.example/cart" });
  expect(moment?.visited.get("end")).toBe(1);
  expect(moment?.status).toBe("completed");
});

test("steps beyond the run are its bounds", () => {
  expect(momentAt(leadForm, 99)?.event.seq).toBe(13);
  expect(momentAt(leadForm, -1)?.event.seq).toBe(1);
  expect(momentAt([], 1)).toBeNull();
});

test.each([
  [null, 13], ["", 13], ["4", 4], ["0", 1], ["99", 13], ["two", 13], ["2.5", 13],
])("the address's step %s is event %s", (text, seq) => {
  expect(stepOf(text, leadForm)).toBe(seq);
});

test("events that come live are joined once and in order; a gap is told", () => {
  const known = triage.slice(0, 3);
  expect(joined(known, [...triage.slice(4, 6), ...triage.slice(2, 4)])).toEqual(triage.slice(0, 6));
  expect(joined(known, triage.slice(0, 2))).toBe(known);
  expect(joined(known, triage.slice(5))).toBeNull();
});

test("a player waits as long as it really took, within bounds", () => {
  const [first, second, waiting, chosen] = triage;
  if (!first || !second || !waiting || !chosen) throw new Error("the history is shorter");
  expect(pauseBefore(second, first)).toBe(500);
  expect(pauseBefore(chosen, waiting)).toBe(1_600);
});

test("what was deleted of a person is known by its event", () => {
  expect(triageDeleted.filter(isWithheld).map(({ seq }) => seq)).toEqual([1, 3, 4, 7]);
  expect(triage.filter(isWithheld)).toEqual([]);
});
