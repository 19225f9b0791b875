import { beforeEach, describe, expect, test } from "vitest";
import { subjectOf } from "../src/jwt";
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

const word = (sub: string, note = ""): string => `h.${btoa(JSON.stringify({ sub, note }))}.s`;
const welcome = (visitor: string): void => world.socket.welcome({ visitor, token: word(visitor) });
const accept = (): void => world.socket.say({ type: "accepted", id: world.socket.last["id"] });
const sentTexts = (): unknown[] => world.socket.facts.map((frame) => frame["text"]);
const token = "frontdesk.default.token";

beforeEach(() => {
  world = new FakeWorld();
  store = new MemoryStore();
  news = [];
  session = pageLoad();
});

describe("a JWT", () => {
  test.each([
    [word("ann"), "ann"],
    [`h.${btoa(unescape(encodeURIComponent('{"sub":"李雷"}'))).replaceAll("+", "-").replaceAll("/", "_")}.s`, "李雷"],
    ["h.eyJzdWIiOjd9.s", "7"],
    ["h.e30.s", null],
    ["h.!.s", null],
    ["", null],
    [null, null],
  ])("%s speaks of %s", (jwt, sub) => expect(subjectOf(jwt)).toBe(sub));
});

describe("identify", () => {
  test("before the start, the first hello has it already", () => {
    session.identify(word("ann"));
    session.record({ type: "widget_loaded" });
    session.start();
    world.socket.open();
    expect(world.sockets).toHaveLength(1);
    expect(world.socket.last).toMatchObject({ identity: word("ann"), token: null });
    welcome("u_1");
    expect(world.socket.facts).toMatchObject([{ type: "widget_loaded" }]);
  });

  test("a customer's token is never stored, nobody's stays", () => {
    store.set(token, word("v_1"));
    session.start();
    session.identify(word("ann"));
    welcome("u_1");
    expect(session.token).toBe(word("u_1"));
    expect(store.get(token)).toBe(word("v_1"));
  });

  test("a reconnect goes by the token of the welcome, for the JWT may have expired", () => {
    session.identify(word("ann"));
    session.start();
    welcome("u_1");
    world.socket.lose();
    world.pass(500);
    world.socket.open();
    expect(world.socket.last).toMatchObject({ token: word("u_1") });
    expect(world.socket.last).not.toHaveProperty("identity");
  });

  test("when that token is refused, the JWT is tried again", () => {
    session.identify(word("ann"));
    session.start();
    welcome("u_1");
    world.socket.lose();
    world.pass(500);
    world.socket.open();
    world.socket.lose(4401);
    world.socket.open();
    expect(world.socket.last).toMatchObject({ token: null, identity: word("ann") });
  });

  test("what was said before goes out under the old name first, what is said after under the new one", () => {
    session.start();
    welcome("v_1");
    session.say("as nobody");
    session.identify(word("ann"));
    session.say("as Ann");
    expect(sentTexts()).toEqual(["as nobody"]);
    expect(session.pending.messages.map(({ text }) => text)).toEqual(["as nobody", "as Ann"]);
    accept();
    world.socket.open();
    expect(world.socket.last).toMatchObject({ identity: word("ann"), token: word("v_1"), after: 0 });
    welcome("u_1");
    expect(sentTexts()).toEqual(["as Ann"]);
    expect(session.pending.messages.map(({ text }) => text)).toEqual(["as Ann"]);
  });

  test("the old history is not shown any more", () => {
    session.start();
    world.socket.welcome({ messages: [message(1)] });
    session.identify(word("ann"));
    expect(session.timeline.messages).toEqual([]);
  });

  test("what a customer said on a page that went is not sent as anybody else", () => {
    session.identify(word("ann"));
    session.say("as Ann");
    session.stop();
    session = pageLoad();
    session.start();
    welcome("v_1");
    expect(world.socket.facts).toEqual([]);
    session.identify(word("bob"));
    welcome("u_2");
    expect(world.socket.facts).toEqual([]);
    session.identify(word("ann"));
    welcome("u_1");
    expect(sentTexts()).toEqual(["as Ann"]);
  });

  test("a newer word for the same customer changes nothing, and mends a refusal", () => {
    session.identify(word("ann"));
    session.start();
    welcome("u_1");
    session.identify(word("ann", "newer"));
    expect(world.sockets).toHaveLength(1);
    world.socket.lose(4402);
    expect(session.state).toBe("stopped");
    session.identify(word("ann", "newest"));
    expect(session.state).toBe("connecting");
  });

  test("null is nobody again", () => {
    store.set(token, word("v_1"));
    session.identify(word("ann"));
    session.start();
    welcome("u_1");
    session.identify(null);
    world.socket.open();
    expect(world.socket.last).toMatchObject({ token: word("v_1") });
    expect(world.socket.last).not.toHaveProperty("identity");
  });
});

describe("several tabs", () => {
  test("a new one waits for another that is about to become a visitor, and becomes the same", () => {
    world.blocked = [];
    session.start();
    expect(world.sockets).toHaveLength(0);
    store.set(token, word("v_1"));
    world.blocked[0]?.();
    world.socket.open();
    expect(world.socket.last).toMatchObject({ token: word("v_1") });
    welcome("v_1");
    expect(world.done).toBe(1);
  });

  test("a gateway that is away does not hold up the others", () => {
    session.start();
    world.socket.lose();
    expect(world.done).toBe(1);
  });

  test("who is told of another visitor in the storage becomes that one", () => {
    session.start();
    welcome("v_1");
    session.stored();
    expect(world.sockets).toHaveLength(1);
    store.set(token, word("v_2"));
    session.stored();
    expect(world.sockets).toHaveLength(2);
    world.socket.open();
    expect(world.socket.last).toMatchObject({ token: word("v_2") });
  });

  test("a fresh token of the same visitor changes nothing, nor does any for a customer", () => {
    session.start();
    welcome("v_1");
    store.set(token, `${word("v_1")}x`);
    session.stored();
    expect(world.sockets).toHaveLength(1);
    session.identify(word("ann"));
    welcome("u_1");
    store.set(token, word("v_9"));
    session.stored();
    expect(world.sockets).toHaveLength(2);
  });

  test("what a tab that is gone left is sent by the next connection", () => {
    session.start();
    welcome("v_1");
    const other = pageLoad();
    other.say("and gone");
    world.socket.lose();
    world.pass(500);
    welcome("v_1");
    expect(sentTexts()).toEqual(["and gone"]);
  });
});

describe("hints and answers", () => {
  test("an agent's read is a place that only grows, and ends with the visitor", () => {
    session.start();
    welcome("v_1");
    world.socket.say({ type: "read", seq: 7 });
    world.socket.say({ type: "read", seq: 5 });
    expect(session.readUpTo).toBe(7);
    session.identify(word("ann"));
    welcome("u_1");
    expect(session.readUpTo).toBe(0);
  });

  test("what became of a frame is told", () => {
    session.start();
    welcome("v_1");
    const id = session.record({ type: "profile_updated", fields: { plan: "gold" } });
    accept();
    expect(news).toContainEqual({ type: "settled", id, state: "sent" });
  });

  test("a laptop that slept half a minute does not trust its socket", () => {
    session.start();
    welcome("v_1");
    world.sleep(20_000);
    session.wake();
    expect(world.sockets).toHaveLength(1);
    world.sleep(6_000);
    session.wake();
    expect(world.sockets).toHaveLength(2);
  });
});
