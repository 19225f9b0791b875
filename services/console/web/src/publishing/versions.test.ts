import { expect, test } from "vitest";
import type { FlowHistoryEntry } from "../contract";
import { expectedVersion, versionToStart } from "./versions";

/** The oldest first, as one tells it. */
function told(...entries: readonly (readonly [FlowHistoryEntry["what"], number])[]): readonly FlowHistoryEntry[] {
  return entries.map(([what, version]) => ({ at: "2026-01-01T00:00:00Z", by: "agent-1", what, version })).reverse();
}

test("a version that somebody published after one's own is not expected", () => {
  expect(expectedVersion([], null)).toBe(0);
  expect(expectedVersion(told(["published", 1], ["activated", 1], ["published", 2]), 1)).toBe(1);
});

test("versions that a rollback put aside are known to whoever begins after it", () => {
  const rolledBack = told(["published", 1], ["published", 2], ["activated", 2], ["activated", 1]);
  expect(expectedVersion(rolledBack, 1)).toBe(2);
  expect(expectedVersion([...told(["published", 3]), ...rolledBack], 1)).toBe(2);
});

test("a flow that was deleted can be published anew", () => {
  expect(expectedVersion(told(["published", 1], ["published", 2], ["deleted", 2]), null)).toBe(2);
});

test("the newest version starts, unless it was put aside", () => {
  expect(versionToStart(told(["published", 1]))).toBe(1);
  expect(versionToStart(told(["published", 1], ["activated", 1], ["deactivated", 1], ["published", 2]))).toBe(2);
  expect(versionToStart(told(["published", 1], ["published", 2], ["activated", 1], ["deactivated", 1]))).toBe(1);
  expect(versionToStart([])).toBeNull();
});
