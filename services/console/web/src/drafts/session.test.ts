import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { ApiError } from "../api/http";
import type { Draft, DraftSaving, FlowDefinition } from "../contract";
import { Copies } from "./copies";
import { DraftSession, type DraftStore } from "./session";

const flow = (name: string): FlowDefinition => ({ flow: "f", name, trigger: "message_sent", nodes: {}, layout: {}, scenarios: [] });

/** Keeps one draft as the service does; `isAway`: nobody answers. */
class Service implements DraftStore {
  draft: Draft | null = null;
  isAway = false;
  #revision = 0;

  readonly load = async () => this.#answered(this.draft);
  readonly save = async ({ definition, base_version, revision }: DraftSaving) => {
    this.#answered(null);
    if ((revision ?? null) !== (this.draft?.revision ?? null)) throw new ApiError(409, "draft_conflict", "");
    this.#revision += 1;
    const fields = { flow: "f", definition, base_version: base_version ?? null };
    this.draft = { ...fields, revision: this.#revision, saved_at: "2026-01-01T00:00:00Z" };
    return this.draft;
  };
  readonly discard = async () => {
    this.draft = null;
  };

  #answered<T>(value: T): T {
    if (this.isAway) throw new ApiError(0, "unreachable", "");
    return value;
  }
}

const service = () => new Service();
const tab = (store: Service, name = "one") =>
  new DraftSession(store, new Copies("agent-1", "f", name), flow("published"), 1, store.draft);
const name = (store: Service) => store.draft?.definition["name"];

beforeEach(() => {
  vi.useFakeTimers();
  const kept = new Map<string, string>();
  const storage = {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => Object.assign(storage, { [key]: value }) && kept.set(key, value),
    removeItem: (key: string) => Reflect.deleteProperty(storage, key) && kept.delete(key),
  };
  vi.stubGlobal("localStorage", storage);
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test("edits are saved together when there is a pause, and the browser lets go of its copy", async () => {
  const store = service();
  const one = tab(store);
  one.edited(flow("a"), 1);
  one.edited(flow("b"), 1);
  expect(one.keeping().is).toBe("pending");
  await vi.advanceTimersByTimeAsync(800);
  expect(one.keeping().is).toBe("saved");
  expect([name(store), store.draft?.revision]).toEqual(["b", 1]);
  expect(new Copies("agent-1", "f", "two").find()).toBeNull();
});

test("while the service is away the browser keeps what is edited, and it is saved by itself afterwards", async () => {
  const store = service();
  const one = tab(store);
  store.isAway = true;
  one.edited(flow("a"), 1);
  await vi.advanceTimersByTimeAsync(3_000);
  expect(one.keeping().is).toBe("away");
  expect(new Copies("agent-1", "f", "one").find()?.definition["name"]).toBe("a");
  store.isAway = false;
  await vi.advanceTimersByTimeAsync(8_000);
  expect([one.keeping().is, name(store)]).toEqual(["saved", "a"]);
});

test("what was edited while the service was away is there in the next tab", async () => {
  const store = service();
  const one = tab(store);
  store.isAway = true;
  one.edited(flow("a"), 1);
  one.close();
  store.isAway = false;
  expect(tab(store, "two").recovered()).toEqual({ definition: flow("a"), base: 1 });
});

test("what another tab saved is not overwritten until somebody decides", async () => {
  const store = service();
  const [one, two] = [tab(store), tab(store, "two")];
  one.edited(flow("a"), 1);
  await vi.advanceTimersByTimeAsync(800);
  two.edited(flow("b"), 1);
  await vi.advanceTimersByTimeAsync(800);
  expect(two.keeping()).toMatchObject({ is: "conflict", isUntouched: false });
  expect(name(store)).toBe("a");
  two.settle(flow("both"), 1);
  await vi.advanceTimersByTimeAsync(800);
  expect([two.keeping().is, name(store), store.draft?.revision]).toEqual(["saved", "both", 2]);
});

test("a tab in which nothing was edited meets the other's draft untouched, and takes it without saving again", async () => {
  const store = service();
  const [one, two] = [tab(store), tab(store, "two")];
  one.edited(flow("a"), 1);
  await vi.advanceTimersByTimeAsync(800);
  await two.look();
  expect(two.keeping()).toMatchObject({ is: "conflict", isUntouched: true });
  two.settle(flow("a"), 1);
  expect([two.keeping().is, store.draft?.revision]).toEqual(["saved", 1]);
});

test("a draft that was thrown away elsewhere is saved anew", async () => {
  const store = service();
  const one = tab(store);
  one.edited(flow("a"), 1);
  await vi.advanceTimersByTimeAsync(800);
  await store.discard();
  one.edited(flow("b"), 1);
  await vi.advanceTimersByTimeAsync(2_000);
  expect([one.keeping().is, name(store)]).toEqual(["saved", "b"]);
});

test("what is published is no draft any more; what was edited meanwhile is one", async () => {
  const store = service();
  const one = tab(store);
  const published = flow("a");
  one.edited(published, 1);
  await one.published(published, 2);
  expect([one.keeping().is, store.draft]).toEqual(["clean", null]);
  one.edited(flow("b"), 2);
  await one.published(published, 3);
  await vi.advanceTimersByTimeAsync(800);
  expect([one.keeping().is, name(store)]).toEqual(["saved", "b"]);
});
