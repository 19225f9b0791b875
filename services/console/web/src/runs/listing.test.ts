import { expect, test } from "vitest";
import type { LiveRunAppended } from "../contract";
import { filtersOf, matches, NO_FILTERS, queryOf, searchOf, withFilter } from "./filters";
import { after, concerns, hear, merged, newerThan, withPage } from "./listing";
import type { RunEvent } from "./events";
import { histories, summary } from "./histories.fixture";

const NOW = Date.parse("2026-03-04T06:00:00Z");
const none = () => undefined;
const frame = (events: readonly RunEvent[], run = "run-1"): LiveRunAppended => ({
  type: "run_appended", run, team: "default", flow: "a-flow", version: 1, visitor: "v1", events: [...events],
});

test.each([
  "", "flow=a&status=waiting", "visitor=v_1&since=24h", "flow=a&outcome=check+TRUE&since=2026-03-04T00%3A00%3A00Z&until=2026-03-05T00%3A00%3A00Z",
])("filters keep in the address: %s", (search) => {
  const there = new URLSearchParams(searchOf(filtersOf(search)));
  there.sort();
  const asked = new URLSearchParams(search);
  asked.sort();
  expect(there.toString()).toBe(asked.toString());
});

test("what makes no sense in an address is left out", () => {
  expect(filtersOf("status=lost&since=soon&until=1h&outcome=check+TRUE&more=1")).toEqual(NO_FILTERS);
});

test("an outcome goes with its flow", () => {
  const filters = filtersOf("flow=a&outcome=check+TRUE&status=failed");
  expect(withFilter(filters, "flow", "b")).toMatchObject({ flow: "b", outcome: "", status: "failed" });
});

test("the service is asked for times, spans counted back from now", () => {
  expect(queryOf(filtersOf("flow=a&since=1h"), NOW)).toEqual({
    flow: "a", visitor: null, status: null, outcome: null, since: "2026-03-04T05:00:00.000Z", until: null,
  });
});

test("a run belongs to the list by all filters", () => {
  const run = summary({ status: "waiting" });
  expect(matches(NO_FILTERS, run, NOW)).toBe(true);
  expect(matches(filtersOf("status=waiting&flow=a-flow&visitor=v1&since=1h"), run, NOW)).toBe(true);
  for (const search of ["status=failed", "flow=b", "visitor=v2", "since=15m", "until=2026-03-01T00:00:00Z"]) {
    expect(matches(filtersOf(search), run, NOW)).toBe(false);
  }
});

test("a run that begins live is in the list at once, with its state", () => {
  const { heard, strangers } = hear(new Map(), [frame(histories.triage.slice(0, 3))], none);
  expect(strangers).toBe(false);
  expect(merged([], heard, NO_FILTERS, NOW)).toMatchObject([{ run: "run-1", status: "waiting", node: "ask", trigger: "message_sent" }]);
});

test("a run that goes on stands where it stood, with its new state", () => {
  const listed = [summary({ run: "new", started_at: "2026-03-04T05:30:00Z" }), summary({ status: "waiting", node: "ask" })];
  const known = (run: string) => listed.find((each) => each.run === run);
  const { heard } = hear(new Map(), [frame(histories.triage.slice(3))], known);
  const list = merged(listed, heard, NO_FILTERS, NOW);
  expect(list.map(({ run, status }) => [run, status])).toEqual([["new", "completed"], ["run-1", "completed"]]);
  expect(merged(listed, heard, filtersOf("status=waiting"), NOW).map(({ run }) => run)).toEqual(["new"]);
});

test("a page that came later than a frame is believed", () => {
  const { heard } = hear(new Map(), [frame(histories.triage.slice(0, 3))], none);
  expect(merged([summary()], heard, NO_FILTERS, NOW)[0]?.status).toBe("completed");
});

test("runs whose beginning nobody heard are told", () => {
  expect(hear(new Map(), [frame(histories.triage.slice(3))], none)).toEqual({ heard: new Map(), strangers: true });
});

test("new runs are placed by their start, newest first", () => {
  const old = summary({ run: "old", started_at: "2026-03-04T05:00:00Z" });
  const newer = summary({ run: "newer", started_at: "2026-03-04T05:50:00Z" });
  const { heard } = hear(new Map(), [frame(histories.triage)], none);
  expect(merged([newer, old], heard, NO_FILTERS, NOW).map(({ run }) => run)).toEqual(["newer", "run-1", "old"]);
});

test("whether a new run took an outcome is not guessed", () => {
  const { heard } = hear(new Map(), [frame(histories.triage)], none);
  expect(merged([], heard, filtersOf("flow=a-flow&outcome=ask+Sales"), NOW)).toEqual([]);
});

test("failed and cancelled runs say why", () => {
  const base = { run: "run-1", seq: 3, at: "2026-03-04T05:06:09Z", cause: "c", node: "ask" };
  const failed = after(summary(), { ...base, type: "run.failed.v1", code: "no_agents", detail: "nobody is there" });
  expect(failed).toMatchObject({ status: "failed", error: "nobody is there", ended_at: base.at });
  const cancelled = after(summary(), { ...base, type: "run.cancelled.v1", by: "ann", reason: "by mistake" });
  expect(cancelled).toMatchObject({ status: "cancelled", error: "cancelled by ann: by mistake" });
});

test("frames of other flows and visitors are not heard", () => {
  const told = frame(histories.triage);
  for (const search of ["", "flow=a-flow", "visitor=v1&flow=a-flow"]) expect(concerns(filtersOf(search), told)).toBe(true);
  for (const search of ["flow=b", "visitor=v2", "flow=a-flow&visitor=v2"]) expect(concerns(filtersOf(search), told)).toBe(false);
});

test("the newest page fills in what was not heard, and takes nothing back", () => {
  const { heard } = hear(new Map(), [frame(histories.triage)], none);
  const page = [summary({ run: "other" }), summary({ status: "waiting" })];
  const list = withPage(heard, page);
  expect([...list.values()].map(({ run, status }) => [run, status])).toEqual([["run-1", "completed"], ["other", "completed"]]);
});

test("new runs above what somebody reads are counted", () => {
  const list = [summary({ run: "b" }), summary({ run: "a" }), summary()];
  expect(newerThan(list, "run-1")).toBe(2);
  expect(newerThan(list, null)).toBe(0);
  expect(newerThan(list, "gone")).toBe(0);
});

test("ten thousand runs are merged within a frame", () => {
  const listed = Array.from({ length: 10_000 }, (_, place) =>
    summary({ run: `r${place}`, started_at: new Date(NOW - place * 1_000).toISOString() }),
  );
  const { heard } = hear(new Map(), [frame(histories.triage)], none);
  const began = performance.now();
  expect(merged(listed, heard, NO_FILTERS, NOW)).toHaveLength(10_001);
  expect(performance.now() - began).toBeLessThan(100);
});
