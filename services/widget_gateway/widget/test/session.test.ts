import { beforeEach, describe, expect, test } from "vitest";
import { Session } from "../src/session";
import type { News } from "../src/session";
import { MemoryStore } from "../src/store";
import { FakeWorld, message } from "./world";

let world: FakeWorld;
let store: MemoryStore;
let session: Session;
let news: News[];

function pageLoad(): Session {
  const config = { team: "default", page: () => ({ url: "http://shop/" }), locale: "zh-CN" };
  return new Session(world, store, config, (item) => news.push(item));
}

beforeEach(() => {
  world = new FakeWorld();
  store = new MemoryStore();
  news = [];
  session = pageLoad();
  session.start();
});

const shown = (): string[] => session.timeline.messages.map(({ id }) => id);
const sentTexts = (): unknown[] => world.socket.facts.map((frame) => frame["text"]);

function accept(): void {
  world.socket.say({ type: "accepted", id: world.socket.last["id"] });
}

describe("hello", () => {
  test("a new visitor comes without a token and from the beginning", () => {
    world.socket.open();
    expect(world.socket.sent).toEqual([
      { type: "hello", team: "default", token: null, after: 0, page: { url: "http://shop/" }, locale: "zh-CN" },
    ]);
  });

  test("the next page load brings the token and asks for the whole history", () => {
    world.socket.welcome({ messages: [message(5)] });
    session.stop();
    session = pageLoad();
    session.start();
    world.socket.open();
    expect(world.socket.last).toMatchObject({ token: "token-1", after: 0 });
  });

  test("a reconnect resumes after the end of the unbroken row", () => {
    world.socket.welcome({ messages: [message(5)] });
    world.socket.say(message(9));
    world.socket.lose();
    world.pass(500);
    world.socket.open();
    expect(world.socket.last).toMatchObject({ after: 9, after_id: "m9" });
  });

  test("an identity goes with the next hello, at once", () => {
    world.socket.welcome();
    session.identify("jwt");
    world.socket.open();
    expect(world.sockets).toHaveLength(2);
    expect(world.socket.last).toMatchObject({ identity: "jwt", token: "token-1" });
  });
});

describe("facts", () => {
  test("nothing is sent before the welcome", () => {
    world.socket.open();
    session.record({ type: "widget_loaded" });
    expect(world.socket.facts).toEqual([]);
  });

  test("facts go one by one, in order, each after the one before is accepted", () => {
    world.socket.welcome();
    session.say("one");
    session.say("two");
    expect(sentTexts()).toEqual(["one"]);
    accept();
    expect(sentTexts()).toEqual(["one", "two"]);
  });

  test("what was not accepted is sent again after a reconnect, with the same id and in order", () => {
    world.socket.welcome();
    session.say("one");
    session.say("two");
    const [first] = world.socket.facts;
    world.socket.lose();
    session.say("three");
    world.pass(500);
    world.socket.welcome();
    accept();
    accept();
    expect(sentTexts()).toEqual(["one", "two", "three"]);
    expect(world.socket.facts[0]).toEqual(first);
  });

  test("what was not accepted is sent by the next page load", () => {
    session.say("written while offline");
    session.stop();
    session = pageLoad();
    expect(session.pending.messages.map(({ text }) => text)).toEqual(["written while offline"]);
    session.start();
    world.socket.welcome();
    expect(sentTexts()).toEqual(["written while offline"]);
    accept();
    expect(store.keys("frontdesk.default.outbox.")).toEqual([]);
  });

  test("a frame that is refused for good is dropped and the next one goes", () => {
    world.socket.welcome();
    session.say("bad");
    session.say("good");
    world.socket.say({ type: "error", code: "bad_frame", detail: "no", id: world.socket.last["id"] });
    expect(sentTexts()).toEqual(["bad", "good"]);
    expect(session.pending.messages.map(({ state }) => state)).toEqual(["failed", "sending"]);
  });

  test("an error without an id means the frame under way", () => {
    world.socket.welcome();
    session.say("bad");
    world.socket.say({ type: "error", code: "too_large", detail: "no" });
    expect(session.pending.messages.map(({ state }) => state)).toEqual(["failed"]);
  });

  test("a frame that came too fast is sent again when the gateway says, before any other", () => {
    world.socket.welcome();
    session.say("one");
    session.say("two");
    world.socket.say({ type: "error", code: "too_fast", detail: "", id: world.socket.last["id"], retry_after_ms: 700 });
    world.pass(699);
    expect(sentTexts()).toEqual(["one"]);
    world.pass(1);
    expect(sentTexts()).toEqual(["one", "one"]);
    accept();
    expect(sentTexts()).toEqual(["one", "one", "two"]);
  });

  test("a gateway that ticks but never accepts is left", () => {
    world.socket.welcome();
    session.say("one");
    world.pass(20_000);
    expect(world.sockets).toHaveLength(2);
    world.socket.welcome();
    expect(sentTexts()).toEqual(["one"]);
  });

  test("empty text is nothing to send, and long text is cut", () => {
    expect(session.say(" \n ")).toBe(false);
    expect(session.say("x".repeat(5000))).toBe(true);
    expect(session.pending.messages[0]?.text).toHaveLength(4000);
  });

  test("a character that the cut would halve does not make the frame malformed", () => {
    session.say(`\u0000${"x".repeat(3999)}😀`);
    session.say(`${"x".repeat(3999)}😀`);
    expect(session.pending.messages.map(({ text }) => text.slice(-2))).toEqual(["xx", "x\ufffd"]);
  });
});

describe("messages", () => {
  test("one id is one message, whatever its seq", () => {
    world.socket.welcome({ messages: [message(5, "a")] });
    world.socket.say(message(6, "b"));
    world.socket.say(message(7, "a"));
    expect(shown()).toEqual(["a", "b"]);
    expect(session.timeline.end).toEqual({ seq: 7, id: "a" });
  });

  test("an own message is shown at once and turns into the stored one", () => {
    world.socket.welcome();
    session.say("hi");
    expect(session.pending.messages).toHaveLength(1);
    const frame = String(world.socket.last["id"]);
    accept();
    expect(session.pending.messages).toMatchObject([{ state: "sent" }]);
    world.socket.say(message(3, "stored", frame));
    expect(session.pending.messages).toEqual([]);
    expect(shown()).toEqual(["stored"]);
  });

  test("the stored message may come before its accepted, also over a reconnect", () => {
    world.socket.welcome();
    session.say("hi");
    const frame = String(world.socket.last["id"]);
    world.socket.lose();
    world.pass(500);
    world.socket.welcome({ messages: [message(3, "stored", frame)] });
    expect(session.pending.messages).toEqual([]);
    accept();
    expect(session.pending.messages).toEqual([]);
    expect(shown()).toEqual(["stored"]);
  });

  test("while pages are missing, a live message does not move the place to resume from", () => {
    world.socket.welcome({ messages: [message(1)] });
    world.socket.lose();
    world.pass(500);
    world.socket.welcome({ messages: [message(2)], more: true });
    world.socket.say(message(90));
    expect(session.timeline.end).toEqual({ seq: 2, id: "m2" });
    world.socket.say({ type: "messages", messages: [message(3)], more: false });
    expect(session.timeline.end).toEqual({ seq: 90, id: "m90" });
    expect(shown()).toEqual(["m1", "m2", "m3", "m90"]);
  });

  test("reset forgets what was there", () => {
    world.socket.welcome({ messages: [message(5)] });
    world.socket.lose();
    world.pass(500);
    world.socket.welcome({ messages: [message(1, "new")], reset: true });
    expect(shown()).toEqual(["new"]);
  });

  test("another visitor's history replaces this one's", () => {
    world.socket.welcome({ messages: [message(5)] });
    session.identify("jwt");
    world.socket.welcome({ visitor: "u_1", token: "token-2", messages: [message(2)] });
    expect(shown()).toEqual(["m2"]);
    expect(session.token).toBe("token-2");
  });

  test("at the first welcome, more means that older ones can be asked for", () => {
    world.socket.welcome({ messages: [message(60)], more: true });
    expect(session.hasOlder).toBe(true);
    expect(session.timeline.end).toEqual({ seq: 60, id: "m60" });
    session.takeOlder([message(10)], false);
    expect(session.hasOlder).toBe(false);
    expect(session.timeline.end).toEqual({ seq: 60, id: "m60" });
  });

  test.each(["", "{", "null", "[]", '{"type":"message"}', '{"type":"new_thing"}', '{"type":"welcome","messages":[{}]}'])(
    "%s is not understood and changes nothing",
    (text) => {
      world.socket.welcome({ messages: [message(1)] });
      world.socket.say(text);
      expect(shown()).toEqual(["m1"]);
      expect(session.state).toBe("online");
    },
  );
});

describe("coming back", () => {
  test("the first try comes within half a second, later ones within ten", () => {
    world.socket.welcome();
    world.socket.lose();
    world.pass(500);
    expect(world.sockets).toHaveLength(2);
    for (let tries = 3; tries < 12; tries++) {
      world.socket.lose();
      world.pass(10_000);
      expect(world.sockets).toHaveLength(tries);
    }
  });

  test("45 s of silence end a connection, a tick keeps it", () => {
    world.socket.welcome();
    world.pass(44_000);
    world.socket.say({ type: "tick" });
    world.pass(44_000);
    expect(world.sockets).toHaveLength(1);
    world.pass(1_500);
    expect(world.sockets).toHaveLength(2);
    expect(world.sockets[0]?.isClosed).toBe(true);
  });

  test("a laptop that wakes up does not wait for its timers", () => {
    world.socket.welcome();
    world.sleep(3_600_000);
    session.wake();
    expect(world.sockets).toHaveLength(2);
  });

  test("a gateway that does not welcome is left after 10 s", () => {
    world.socket.open();
    world.pass(10_500);
    expect(world.sockets).toHaveLength(2);
  });

  test("4401 forgets the token and comes back at once as a new visitor, with what was unsent", () => {
    store.set("frontdesk.default.token", "old");
    session.say("hello?");
    world.socket.open();
    world.socket.lose(4401);
    expect(world.sockets).toHaveLength(2);
    world.socket.open();
    expect(world.socket.last).toMatchObject({ token: null, after: 0 });
    world.socket.welcome();
    expect(sentTexts()).toEqual(["hello?"]);
  });

  test("4401 without a token waits like any other loss", () => {
    world.socket.open();
    world.socket.lose(4401);
    expect(session.state).toBe("waiting");
  });

  test.each([4402, 4403, 4404])("%d stops, and says why", (code) => {
    world.socket.open();
    world.socket.say({ type: "error", code: "some_reason", detail: "a sentence" });
    world.socket.lose(code);
    world.pass(600_000);
    expect(world.sockets).toHaveLength(1);
    expect(session.state).toBe("stopped");
    expect(news).toContainEqual({ type: "refused", code: "some_reason", detail: "a sentence" });
  });

  test.each([1013, 4408, 1006, 1001])("%d keeps everything and comes back", (code) => {
    world.socket.welcome({ messages: [message(5)] });
    session.say("kept");
    world.socket.lose(code);
    world.pass(500);
    world.socket.welcome();
    expect(sentTexts()).toEqual(["kept"]);
    expect(shown()).toEqual(["m5"]);
  });
});
