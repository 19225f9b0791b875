import { describe, expect, test, vi } from "vitest";
import { parseCommand } from "../src/commands";
import { Emitter } from "../src/emitter";
import { facesIn } from "../src/faces";
import { linesOf } from "../src/lines";
import { parseMatter, parseUser } from "../src/pp";
import type { Message } from "../src/protocol";
import { message } from "./world";

describe("what pages of PPMessage push", () => {
  test("a tracked event has its name, id, data and time", () => {
    const event = {
      event_name: "webclick",
      event_uuid: "0fc050ec-cb6f-11e8-b697-00163e0c79f6 ",
      event_data: { x: 1 },
      event_timestamp: 1_700_000_000,
    };
    expect(parseMatter({ track_event: event })).toEqual({
      name: "track",
      event: "webclick",
      uuid: "0fc050ec-cb6f-11e8-b697-00163e0c79f6",
      data: { x: 1 },
      at: 1_700_000_000_000,
    });
    expect(parseMatter({ track_event: { event_name: "bare" } })).toEqual({ name: "track", event: "bare", data: null });
  });

  test.each([[null], [1], [{}], [{ track_event: null }], [{ track_event: { event_name: "" } }], [{ ent_user: {} }]])(
    "%j makes no sense",
    (entry) => expect(parseMatter(entry)).toBeNull(),
  );

  test("the named customer is profile, without what is null", () => {
    const settings = { app_uuid: "a", ent_user_id: "7", ent_user_name: "李雷", ent_user_mobile: null };
    const command = { name: "set", fields: { ent_user_id: "7", user_fullname: "李雷" } };
    expect(parseUser(settings)).toEqual(command);
    expect(parseMatter({ ent_user: settings })).toEqual(command);
    expect(parseUser({ app_uuid: "a" })).toBeNull();
    expect(parseUser(undefined)).toBeNull();
  });
});

describe("calls with callbacks", () => {
  test("set may say what happened, identify may be taken back", () => {
    const [done, failed] = [(): void => {}, (): void => {}];
    expect(parseCommand(["set", { a: 1 }, done, failed])).toEqual({ name: "set", fields: { a: 1 }, done, failed });
    expect(parseCommand(["set", { a: 1 }, "done"])).toEqual({ name: "set", fields: { a: 1 } });
    expect(parseCommand(["identify", null])).toEqual({ name: "identify", jwt: null });
    expect(parseCommand(["identify"])).toBeNull();
  });
});

describe("events to the page", () => {
  test("reach who listens, once, until they do not any more", () => {
    const [emitter, listener] = [new Emitter(), vi.fn()];
    emitter.on("open", listener);
    emitter.on("open", listener);
    emitter.emit("open", 1);
    emitter.off("open", listener);
    emitter.emit("open", 2);
    expect(listener.mock.calls).toEqual([[1]]);
  });

  test("what lasts is told to late listeners too", async () => {
    const [emitter, listener] = [new Emitter(), vi.fn()];
    emitter.settle("ready", { visitor: "v_1" });
    emitter.on("ready", listener);
    await Promise.resolve();
    expect(listener.mock.calls).toEqual([[{ visitor: "v_1" }]]);
  });

  test("a listener that fails keeps nothing from the others", () => {
    const [emitter, listener, said] = [new Emitter(), vi.fn(), vi.spyOn(console, "error").mockReturnValue()];
    emitter.on("open", () => {
      throw new Error("the page's");
    });
    emitter.on("open", listener);
    emitter.emit("open", null);
    expect([listener.mock.calls.length, said.mock.calls.length]).toEqual([1, 1]);
    said.mockRestore();
  });
});

describe("lines of a long history", () => {
  test("that have not changed are the same objects", () => {
    const history = [message(1), message(2), message(3)];
    const [before, after] = [linesOf(history, []), linesOf([...history, message(4)], [])];
    expect(after.slice(1, 3)).toEqual(before.slice(1, 3));
    expect(after[1]).toBe(before[1]);
    expect(after[3]).not.toBe(before[3]);
  });

  test("the newest own message that was read says so", () => {
    const history = [message(1, "a", "f1"), message(2, "b", "f2"), message(3), message(4, "d", "f4")];
    const read = linesOf(history, [], new Map(), 3).filter((line) => line.type === "bubble" && line.isRead);
    expect(read.map(({ key }) => key)).toEqual(["frame.f2"]);
    expect(linesOf(history, []).some((line) => line.type === "bubble" && line.isRead)).toBe(false);
  });

  test("a day stands once, though flows date a message back", () => {
    const [first, second, late] = ["2026-01-05T12:00:00Z", "2026-01-06T12:00:00Z", "2026-01-05T12:01:00Z"];
    const history = [first, second, late].map((at, place) => ({ ...message(place + 1), at }));
    expect(linesOf(history, []).filter(({ type }) => type === "day")).toHaveLength(2);
  });
});

describe("faces", () => {
  test("are of the three agents who wrote last, each once", () => {
    const by = (seq: number, id: string): Message => ({ ...message(seq), author: { kind: "agent", id, name: id } });
    const history = [message(1), by(2, "a"), by(3, "b"), by(4, "c"), by(5, "d"), by(6, "b")];
    expect(facesIn(history).map(({ id }) => id)).toEqual(["b", "d", "c"]);
    expect(facesIn([message(1)])).toEqual([]);
  });
});
