import { describe, expect, it } from "vitest";
import type { StoredMessage } from "../contract";
import { excerpt } from "./excerpt";
import { type Outgoing, parseOutgoing, sendable } from "./outgoing";
import { seenBefore, timeline } from "./timeline";

const message = (seq: number, at: string, more: Partial<StoredMessage> = {}): StoredMessage => ({
  seq,
  id: `m${seq}`,
  kind: "message",
  at,
  author: "",
  author_kind: "visitor",
  text: "hi",
  ...more,
});
const outgoing = (id: string, visitor = "v", more: Partial<Outgoing> = {}): Outgoing => ({
  id,
  visitor,
  kind: "message",
  text: "hello",
  at: "2026-11-22T12:00:00Z",
  refused: null,
  ...more,
});
const noon = "2026-11-22T12:00:00";

describe("what stands in a conversation", () => {
  it("has its days, and messages that go on from the one above", () => {
    const items = timeline(
      [
        message(1, noon),
        message(2, "2026-11-22T12:01:00"),
        message(3, "2026-11-22T12:01:30", { author_kind: "agent", author: "mei" }),
        message(4, "2026-11-22T12:20:00", { author_kind: "agent", author: "mei" }),
        message(5, "2026-11-23T12:00:00", { author_kind: "agent", author: "mei" }),
      ],
      [],
      null,
    );
    const said = items.map((item) => (item.type === "message" ? `${item.message.seq}${item.isFollowing ? "+" : ""}` : item.type));
    expect(said).toEqual(["day", "1", "2+", "3", "4", "day", "5"]);
  });

  it("tells a note from a message of the same agent, and one run from another", () => {
    const agent = { author_kind: "agent", author: "mei" } as const;
    const items = timeline(
      [message(1, noon, agent), message(2, noon, { ...agent, kind: "note" }), message(3, noon, { ...agent, run: "r" })],
      [],
      null,
    );
    expect(items.some((item) => item.type === "message" && item.isFollowing)).toBe(false);
  });

  it("shows what is on its way until it has arrived", () => {
    const items = timeline([message(1, noon, { id: "a" })], [outgoing("a"), outgoing("b")], null);
    expect(items.map(({ key }) => key).slice(1)).toEqual(["message a", "message b"]);
  });

  it("marks where the unread messages begin", () => {
    const messages = [
      message(1, noon),
      message(2, noon),
      message(3, noon, { author_kind: "robot" }),
      message(4, noon),
    ];
    expect(seenBefore(messages, 0)).toBeNull();
    expect(seenBefore(messages, 2)).toBe(1);
    expect(seenBefore(messages, 4)).toBeNull();
    expect(timeline(messages, [], 1).map(({ type }) => type)).toEqual([
      "day",
      "message",
      "unread",
      "message",
      "message",
      "message",
    ]);
  });
});

describe("what is on its way", () => {
  it("goes one after the other to each visitor, past what was refused", () => {
    const waiting = [outgoing("a", "v", { refused: "no" }), outgoing("b"), outgoing("c"), outgoing("d", "w")];
    expect(sendable(waiting).map(({ id }) => id)).toEqual(["b", "d"]);
  });

  it("is read from storage only if it is one", () => {
    expect(parseOutgoing({ ...outgoing("a"), refused: "no" })).toEqual(outgoing("a"));
    for (const bad of [null, 1, "x", {}, { ...outgoing("a"), kind: "x" }, { ...outgoing("a"), text: 1 }]) {
      expect(parseOutgoing(bad)).toBeNull();
    }
  });
});

describe("an excerpt", () => {
  const shown = (text: string, words: string): string =>
    excerpt(text, words)
      .map(({ part, isFound }) => (isFound ? `[${part}]` : part))
      .join("");

  it("marks each of the words, whatever their case", () => {
    expect(shown("我想退货，退货政策", "退货")).toBe("我想[退货]，[退货]政策");
    expect(shown("Ship it (now)", "ship (now)")).toBe("[Ship] it [(now)]");
  });

  it("begins shortly before the first of them", () => {
    expect(shown(`${"x".repeat(100)} here`, "here")).toBe(`…${"x".repeat(23)} [here]`);
  });
});
