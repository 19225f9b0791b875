import { describe, expect, test } from "vitest";
import { backoffMs } from "../src/backoff";
import { textOn } from "../src/colour";
import { parseCommand } from "../src/commands";
import { newId } from "../src/ids";
import { linesOf } from "../src/lines";
import { Outbox } from "../src/outbox";
import { LocalStore, MemoryStore } from "../src/store";
import { Unread } from "../src/unread";
import { message } from "./world";

describe("ids", () => {
  test("without a secure context an id is still a version 4 UUID", () => {
    const insecure = Object.create(crypto, { randomUUID: { value: undefined } });
    insecure.getRandomValues = (bytes: Uint8Array) => crypto.getRandomValues(bytes);
    expect(newId(insecure)).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(newId(insecure)).not.toBe(newId(insecure));
  });
});

describe("back-off", () => {
  test("is quick at first, grows, and never passes ten seconds", () => {
    expect(backoffMs(0, 0.999)).toBeLessThanOrEqual(500);
    expect(backoffMs(3, 0)).toBeGreaterThan(backoffMs(0, 0.999));
    expect(backoffMs(10_000, 0.999)).toBeLessThanOrEqual(10_000);
  });
});

describe("outbox", () => {
  test("frames of two tabs do not overwrite each other, and the next page load sends them in order", () => {
    const store = new MemoryStore();
    const [one, two] = [new Outbox(store, "frontdesk.t.outbox.", () => 1), new Outbox(store, "frontdesk.t.outbox.", () => 2)];
    two.add({ type: "message_sent", id: "b", text: "later" });
    one.add({ type: "message_sent", id: "a", text: "earlier" });
    expect(new Outbox(store, "frontdesk.t.outbox.", () => 3).frames.map(({ id }) => id)).toEqual(["a", "b"]);
  });

  test("what is not a frame, or lay there for over a week, is thrown away", () => {
    const store = new MemoryStore();
    new Outbox(store, "frontdesk.t.outbox.", () => 1).add({ type: "widget_opened", id: "old" });
    store.set("frontdesk.t.outbox.00000070000000000000.x", "{nonsense");
    expect(new Outbox(store, "frontdesk.t.outbox.", () => 700_000_000).frames).toEqual([]);
    expect(store.keys("")).toEqual([]);
  });
});

describe("storage", () => {
  test("that throws at every call is memory", () => {
    const refuse = (): never => {
      throw new Error("SecurityError");
    };
    const storage = { getItem: refuse, setItem: refuse, removeItem: refuse, clear: refuse, key: refuse, length: 0 };
    const store = new LocalStore(storage);
    store.set("a", "1");
    expect([store.get("a"), store.keys("a").length]).toEqual(["1", 1]);
    store.remove("a");
    expect(store.get("a")).toBeNull();
  });
});

describe("lines", () => {
  test("days separate, groups hold together, pending ones stand last and keep their key", () => {
    const first = { ...message(1), at: "2026-01-05T10:00:00Z" };
    const second = { ...message(2), at: "2026-01-05T10:01:00Z" };
    const third = { ...message(3, "m3", "f1"), at: "2026-01-07T10:00:00Z" };
    const lines = linesOf([first, second, third], [{ frame: "f2", text: "x", state: "sending" }]);
    expect(lines.map((line) => line.type)).toEqual(["day", "bubble", "bubble", "day", "bubble", "bubble"]);
    expect(lines.map((line) => line.key).slice(-2)).toEqual(["frame.f1", "frame.f2"]);
    expect(lines.slice(1, 3)).toMatchObject([{ isFirst: true, isLast: false }, { isFirst: false, isLast: true }]);
  });
});

describe("unread", () => {
  test("counts the other side's messages since the last reading, for this visitor only", () => {
    const unread = new Unread(new MemoryStore(), "t");
    const messages = [message(1), message(2, "own", "f"), message(3)];
    expect(unread.in(messages, "v")).toHaveLength(2);
    expect(unread.clear(messages, "v")).toBe(3);
    expect(unread.clear(messages, "v")).toBeNull();
    expect(unread.in([...messages, message(4)], "v")).toHaveLength(1);
    expect(unread.in(messages, "somebody else")).toHaveLength(2);
  });
});

describe("the page's calls", () => {
  test.each([
    [["open"], { name: "open" }],
    [["track", "webclick", { x: 1 }], { name: "track", event: "webclick", data: { x: 1 } }],
    [["track", "webclick"], { name: "track", event: "webclick", data: null }],
    [["set", { vip: true }], { name: "set", fields: { vip: true } }],
  ])("%j is understood", (call, command) => expect(parseCommand(call)).toEqual(command));

  test.each([[null], ["open"], [[]], [["fly"]], [["send", 5]], [["track", ""]], [["set", { a: {} }]], [["on", "open"]]])(
    "%j is not",
    (call) => expect(parseCommand(call)).toBeNull(),
  );
});

describe("text on a colour", () => {
  test("is dark on light and light on dark; other notations are left alone", () => {
    expect([textOn("#fff"), textOn("#ffd400"), textOn("#1d5c4d"), textOn("red; x")]).toEqual([
      "#1d1f1e",
      "#1d1f1e",
      "#fff",
      null,
    ]);
  });
});
