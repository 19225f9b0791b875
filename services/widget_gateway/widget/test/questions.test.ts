import { beforeEach, describe, expect, test } from "vitest";
import { Answers } from "../src/answers";
import { answerIn, attributesOf, problemWith } from "../src/fields";
import { linesOf } from "../src/lines";
import { parseFrame, parseStored } from "../src/protocol";
import type { FormField, Message } from "../src/protocol";
import { questionsIn } from "../src/questions";
import type { Ask } from "../src/questions";
import { Session } from "../src/session";
import { MemoryStore } from "../src/store";
import { FakeWorld, message } from "./world";

const START = 1_700_000_000_000;
const MINUTE = 60_000;
const CHOICES = ["A", "B"];
const FIELDS: readonly FormField[] = [
  { name: "user_fullname", label: "Name" },
  { name: "user_email", label: "E-mail", type: "email" },
];

function until(minutes: number): string {
  return new Date(START + minutes * MINUTE).toISOString();
}

function quick(seq: number, fields: object = {}): Message {
  return { ...message(seq), body: { kind: "quick_replies", text: "Which?", choices: CHOICES, until: until(3), ...fields } };
}

function survey(seq: number): Message {
  return { ...message(seq), body: { kind: "survey", text: "Happy?", choices: ["no", "yes", "very"], until: until(1440) } };
}

function form(seq: number, fields: object = {}): Message {
  return { ...message(seq), body: { kind: "form", text: "Who are you?", fields: FIELDS, until: until(1440), ...fields } };
}

function written(seq: number, text: string): Message {
  return { ...message(seq, `m${seq}`, `f${seq}`), body: { kind: "text", text } };
}

describe("what is open", () => {
  const nothing = (): Record<string, string> => ({});
  const open = (messages: Message[], pending: string[] = [], now = START): string[] => {
    const waiting = pending.map((text) => ({ frame: text, text, state: "sending" as const }));
    return [...questionsIn(messages, waiting, nothing, now).asks.keys()].sort();
  };

  test("quick replies, until the visitor says anything at all after them", () => {
    expect(open([written(1, "hi"), quick(2), message(3)])).toEqual(["m2"]);
    expect(open([quick(1), written(2, "A")])).toEqual([]);
    expect(open([quick(1), written(2, "something else")])).toEqual([]);
    expect(open([quick(1)], ["on its way"])).toEqual([]);
    expect(open([quick(1), written(2, "A"), quick(3)])).toEqual(["m3"]);
  });

  test("quick replies, until their time is up", () => {
    expect(open([quick(1)], [], START + 3 * MINUTE - 1)).toEqual(["m1"]);
    expect(open([quick(1)], [], START + 3 * MINUTE)).toEqual([]);
  });

  test("a survey, until one of its answers is given", () => {
    expect(open([survey(1), written(2, "what?")])).toEqual(["m1"]);
    expect(open([survey(1), written(2, "what?"), written(3, "very")])).toEqual([]);
    expect(open([written(1, "very"), survey(2)])).toEqual(["m2"]);
    expect(open([survey(1)], ["yes"])).toEqual([]);
  });

  test("again, when the answer was refused for good", () => {
    const failed = [{ frame: "f", text: "A", state: "failed" as const }];
    expect([...questionsIn([quick(1)], failed, nothing, START).asks.keys()]).toEqual(["m1"]);
  });

  test("a form, field by field; what was filled in stays when time is up", () => {
    const next = (values: Record<string, string>, now = START): Ask | undefined =>
      questionsIn([form(1), written(2, "why?")], [], () => values, now).asks.get("m1");
    expect(next({})).toMatchObject({ next: FIELDS[0], values: {} });
    expect(next({ user_fullname: "Li" })).toMatchObject({ next: FIELDS[1] });
    expect(next({ user_fullname: "Li", user_email: "l@x.example" })).toMatchObject({ next: null });
    expect(next({ user_fullname: "Li" }, START + 1440 * MINUTE)).toMatchObject({ next: null });
    expect(next({}, START + 1440 * MINUTE)).toBeUndefined();
  });

  test("locks the input until it is over, and says what to do", () => {
    const lock = (messages: Message[], values = {}, now = START): unknown =>
      questionsIn(messages, [], () => values, now).lock;
    expect(lock([quick(1, { lock_input: true })])).toBe("choices");
    expect(lock([quick(1, { lock_input: true })], {}, START + 4 * MINUTE)).toBeNull();
    expect(lock([quick(1, { lock_input: true }), written(2, "A")])).toBeNull();
    expect(lock([form(1, { lock_input: true }), message(2)])).toBe("form");
    expect(lock([form(1, { lock_input: true })], { user_fullname: "Li", user_email: "l@x.example" })).toBeNull();
    expect(lock([quick(1), form(2)])).toBeNull();
  });

  test("says when the next one expires", () => {
    expect(questionsIn([form(1), quick(2)], [], nothing, START).expires).toBe(START + 3 * MINUTE);
    expect(questionsIn([message(1)], [], nothing, START).expires).toBeNull();
  });
});

describe("answering", () => {
  let world: FakeWorld;
  let store: MemoryStore;
  let session: Session;

  function pageLoad(): Session {
    return new Session(world, store, { team: "default", page: () => ({ url: "" }), locale: "en" }, () => undefined);
  }

  beforeEach(() => {
    world = new FakeWorld();
    store = new MemoryStore();
    session = pageLoad();
    session.start();
  });

  const asks = (): string[] => [...session.questions.asks.keys()];

  test("a choice is sent once, and shown at once", () => {
    world.socket.welcome({ messages: [quick(1)] });
    session.choose("m1", "A");
    session.choose("m1", "A");
    session.choose("m1", "B");
    expect(world.socket.facts).toMatchObject([{ type: "reply_chosen", message: "m1", choice: "A" }]);
    expect(session.pending.messages).toMatchObject([{ text: "A", state: "sending" }]);
    expect(asks()).toEqual([]);
  });

  test("a choice made offline waits, is still made after a reload, and goes with the connection", () => {
    world.socket.welcome({ messages: [quick(1)] });
    world.socket.lose();
    session.choose("m1", "B");
    session.stop();
    session = pageLoad();
    session.start();
    world.socket.welcome({ messages: [quick(1)] });
    expect(asks()).toEqual([]);
    expect(world.socket.facts).toMatchObject([{ type: "reply_chosen", message: "m1", choice: "B" }]);
  });

  test("the stored choice takes the place of the pending one, and the question stays answered", () => {
    world.socket.welcome({ messages: [quick(1)] });
    session.choose("m1", "A");
    const frame = String(world.socket.last["id"]);
    world.socket.say({ ...message(2, "stored", frame), body: { kind: "text", text: "A" } });
    expect(session.pending.messages).toEqual([]);
    expect(asks()).toEqual([]);
  });

  test("each field is sent with all that is filled in so far, and is there after a reload", () => {
    world.socket.welcome({ messages: [form(1)] });
    session.fill("m1", "user_fullname", "Li");
    world.socket.say({ type: "accepted", id: world.socket.last["id"] });
    session.fill("m1", "user_email", "li@x.example");
    expect(world.socket.facts.map((frame) => frame["values"])).toEqual([
      { user_fullname: "Li" },
      { user_fullname: "Li", user_email: "li@x.example" },
    ]);
    session.stop();
    session = pageLoad();
    session.start();
    world.socket.welcome({ messages: [form(1)] });
    expect(session.questions.asks.get("m1")).toMatchObject({ next: null, values: { user_fullname: "Li" } });
  });

  test("answers too long for one frame go one by one", () => {
    world.socket.welcome({ messages: [form(1)] });
    const long = "字".repeat(1000);
    for (const name of ["a", "b", "c", "d", "e", "f"]) {
      session.fill("m1", name, long);
      world.socket.say({ type: "accepted", id: world.socket.last["id"] });
    }
    expect(world.socket.facts.map((frame) => Object.keys({ ...(frame["values"] as object) }).length)).toEqual([1, 2, 3, 4, 5, 1]);
  });

  test("a clock that is wrong by an hour does not matter", () => {
    world.sleep(60 * MINUTE);
    world.socket.welcome({ messages: [quick(1)], now: new Date(START + MINUTE).toISOString() });
    expect(asks()).toEqual(["m1"]);
    expect(session.expiresInMs).toBe(2 * MINUTE);
    world.pass(2 * MINUTE);
    expect(asks()).toEqual([]);
  });

  test("what changes of the appearance is taken at once, the rest stays", () => {
    world.socket.welcome({ appearance: { title: "Tea", colour: "#112233" } });
    world.socket.say({ type: "appearance", appearance: { title: "Coffee", effect: "bounce" } });
    expect(session.appearance).toEqual({ title: "Coffee", colour: "#112233", effect: "bounce" });
  });
});

describe("frames", () => {
  const body = (fields: object): string => JSON.stringify({ ...message(1), body: { text: "t", until: until(1), ...fields } });

  test.each([
    [{ kind: "quick_replies", choices: ["A"] }],
    [{ kind: "survey", choices: ["A"] }],
    [{ kind: "form", fields: [{ name: "n", label: "l" }] }],
    [{ kind: "of tomorrow" }],
  ])("%j is a message", (fields) => expect(parseFrame(body(fields))).not.toBeNull());

  test.each([
    [{ kind: "quick_replies" }],
    [{ kind: "quick_replies", choices: [1] }],
    [{ kind: "survey", choices: ["A"], until: null }],
    [{ kind: "form", fields: [{ name: "n" }] }],
    [{ kind: "form", fields: [{ name: "n", label: "l", options: "a" }] }],
  ])("%j is none", (fields) => expect(parseFrame(body(fields))).toBeNull());

  test.each([
    ['{"type":"reply_chosen","id":"1","message":"m","choice":"A"}', true],
    ['{"type":"reply_chosen","id":"1","message":"m"}', false],
    ['{"type":"form_submitted","id":"1","message":"m","values":{}}', true],
    ['{"type":"form_submitted","id":"1","message":"m","values":[]}', false],
  ])("%s may wait: %s", (text, may) => expect(parseStored(text) !== null).toBe(may));
});

describe("lines", () => {
  test("a question stands below its own message", () => {
    const messages = [quick(1), form(2)];
    const { asks } = questionsIn(messages, [], () => ({}), START);
    const bubbles = linesOf(messages, [], asks).filter((line) => line.type === "bubble");
    expect(bubbles.map((line) => line.ask?.type)).toEqual(["choices", "form"]);
  });
});

describe("kept answers", () => {
  test("of long ago, and what is none, are thrown away", () => {
    const store = new MemoryStore();
    new Answers(store, "t", () => 0).add("old", "name", "Li");
    store.set("frontdesk.t.form.broken", "{nonsense");
    const answers = new Answers(store, "t", () => 31 * 24 * 60 * MINUTE);
    expect([answers.of("old"), answers.of("broken"), store.keys("")]).toEqual([{}, {}, []]);
  });

  test("of two tabs come together", () => {
    const store = new MemoryStore();
    const [one, two] = [new Answers(store, "t", () => 1), new Answers(store, "t", () => 1)];
    one.add("m", "name", "Li");
    expect(two.add("m", "age", 7)).toEqual({ name: "Li", age: 7 });
  });
});

describe("fields", () => {
  test.each([
    ["text", "", "missing"],
    ["text", "  ", "missing"],
    ["long_text", "a\nb", null],
    ["email", "", "email"],
    ["email", "li@", "email"],
    ["email", "li lei@shop.example", "email"],
    ["email", " li@shop.example ", null],
    ["phone", "none", "phone"],
    ["phone", "+86 138-0000-1234", null],
    ["phone", "(0571) 8888", null],
    ["number", "", "number"],
    ["number", "1e3", null],
    ["number", "1,5", "number"],
    ["number", "-.5", null],
    ["date", "tomorrow", "date"],
    ["date", "2026-12-01", null],
    ["select", "", "select"],
    ["select", "C", "select"],
    ["select", "B", null],
  ] as const)("%s: %j is checked before it is sent", (type, text, problem) => {
    expect(problemWith({ name: "n", label: "l", type, options: CHOICES }, text)).toBe(problem);
  });

  test("numbers are numbers, texts are trimmed, and half a character does no harm", () => {
    expect(answerIn({ name: "n", label: "l", type: "number" }, " 2.50 ")).toBe(2.5);
    expect(answerIn({ name: "n", label: "l" }, " Li ")).toBe("Li");
    expect(answerIn({ name: "n", label: "l" }, `${"x".repeat(999)}😀`)).toBe(`${"x".repeat(999)}\ufffd`);
  });

  test("each type has its keyboard, and what browsers fill in by themselves", () => {
    expect(attributesOf({ name: "user_email", label: "l", type: "email" })).toMatchObject({ type: "email", autocomplete: "email" });
    expect(attributesOf({ name: "user_mobile", label: "l", type: "phone" })).toMatchObject({ type: "tel", autocomplete: "tel" });
    expect(attributesOf({ name: "when", label: "l", type: "date" })).toMatchObject({ type: "date", autocomplete: "off" });
    expect(attributesOf({ name: "note", label: "l", type: "long_text" })).not.toHaveProperty("type");
  });
});
