import { expect, test } from "vitest";
import { factValue, offset, shortId, timeOf } from "../src/format";

test("today's times stand without a date", () => {
  const now = new Date(2026, 0, 5, 18);
  expect(timeOf(new Date(2026, 0, 5, 9, 3, 2).toISOString(), "en-GB", now)).toBe("09:03:02");
  expect(timeOf(new Date(2026, 0, 4, 9, 3, 2).toISOString(), "en-GB", now)).toMatch(/^4 Jan.* 09:03:02$/);
});

test.each([
  ["2026-01-05T10:00:00.012Z", "+12 ms"],
  ["2026-01-05T10:00:15.040Z", "+15.0 s"],
  ["2026-01-05T10:05:00Z", "+5 min"],
  ["2026-01-05T09:59:59Z", "+0 ms"],
])("the offset of %s is %s", (at, expected) => expect(offset("2026-01-05T10:00:00Z", at)).toBe(expected));

test("an empty list of facts is said to be empty", () => {
  expect([factValue([]), factValue(["a", "b"]), factValue(true), factValue("x")]).toEqual(["∅", "a, b", "true", "x"]);
});

test("short ids stay whole", () => {
  expect([shortId("v_1"), shortId("v_0123456789abcdef")]).toEqual(["v_1", "v_0123…cdef"]);
});
