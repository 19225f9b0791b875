import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { StoredMessage } from "../contract";
import { History } from "./history";

const visitor = "v_1";
/** What the read model has; it is behind what comes live. */
let stored: StoredMessage[] = [];

function said(seq: number): StoredMessage {
  return { seq, id: `m${seq}`, at: "2026-01-01T00:00:00Z", text: `${seq}`, author_kind: "visitor", author: visitor };
}

function seqs(history: History): number[] {
  return history.shown.messages.map(({ seq }) => seq);
}

beforeEach(() => {
  vi.useFakeTimers();
  stored = [said(1)];
  vi.stubGlobal("fetch", async (path: string) => {
    const after = Number(new URL(path, "http://console").searchParams.get("after") ?? 0);
    return Response.json({ messages: stored.filter(({ seq }) => seq > after), more: false });
  });
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test("what was missed while the link was away comes, however late the read model has it", async () => {
  const history = new History(visitor);
  await history.open();
  await vi.advanceTimersByTimeAsync(30_000);
  history.catchUp();
  history.take(said(3)); // 2 was said while nobody heard
  history.catchUp();
  await vi.advanceTimersByTimeAsync(3_000);
  expect(seqs(history)).toEqual([1, 3]);
  stored = [said(1), said(2), said(3)];
  await vi.advanceTimersByTimeAsync(30_000);
  expect(seqs(history)).toEqual([1, 2, 3]);
});

test("what comes live before the first page is not lost", async () => {
  const history = new History(visitor);
  const opening = history.open();
  history.take(said(2));
  await opening;
  expect(seqs(history)).toEqual([1, 2]);
});

test("a conversation that is left asks no more", async () => {
  const history = new History(visitor);
  await history.open();
  history.close();
  stored = [said(1), said(2)];
  await vi.advanceTimersByTimeAsync(30_000);
  expect(seqs(history)).toEqual([1]);
});
