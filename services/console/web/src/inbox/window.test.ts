import { describe, expect, it } from "vitest";
import type { StoredMessage } from "../contract";
import { EMPTY, MOST, opened, type Window, withLive, withNewer, withOlder } from "./window";

const message = (seq: number, id = `m${seq}`, kind: StoredMessage["kind"] = "message"): StoredMessage => ({
  seq,
  id,
  kind: kind ?? "message",
  at: "2026-11-22T09:30:00Z",
  author: "",
  author_kind: "visitor",
  text: String(seq),
});
const page = (from: number, to: number, more = false) => ({
  messages: Array.from({ length: to - from + 1 }, (_, place) => message(from + place)),
  more,
});
const seqs = (window: Window): readonly number[] => window.messages.map(({ seq }) => seq);

describe("a window on a conversation", () => {
  it("begins with the newest page", () => {
    expect(opened(page(6, 9, true))).toMatchObject({ hasOlder: true, hasNewer: false });
  });

  it("stands in order and once, whatever comes again", () => {
    const window = withOlder(opened(page(6, 9, true)), page(3, 7));
    expect(seqs(window)).toEqual([3, 4, 5, 6, 7, 8, 9]);
    expect(window.hasOlder).toBe(false);
    expect(seqs(withLive(withLive(window, message(10)), message(10)))).toEqual([3, 4, 5, 6, 7, 8, 9, 10]);
  });

  it("takes a message that came again at another place where it was first", () => {
    const again = withLive(opened(page(1, 3)), message(9, "m2"));
    expect(seqs(again)).toEqual([1, 2, 3]);
    const earlier = withLive(opened({ messages: [message(5, "a")], more: false }), message(2, "a"));
    expect(seqs(earlier)).toEqual([2]);
  });

  it("keeps a note apart from a message of the same id", () => {
    expect(seqs(withLive(opened(page(1, 1)), message(2, "m1", "note")))).toEqual([1, 2]);
  });

  it("lets go at the other end what is too much, and knows that it did", () => {
    const up = withOlder(opened(page(101, 100 + MOST, true)), page(51, 100, true));
    expect(up.messages).toHaveLength(MOST);
    expect(up).toMatchObject({ hasOlder: true, hasNewer: true });
    expect(withLive(up, message(9_999))).toBe(up);
    const down = withNewer(up, page(51 + MOST, 100 + MOST));
    expect(down).toMatchObject({ hasOlder: true, hasNewer: false });
    expect(down.messages.at(-1)?.seq).toBe(100 + MOST);
  });

  it("is empty at first", () => {
    expect(seqs(withLive(EMPTY, message(1)))).toEqual([1]);
  });
});
