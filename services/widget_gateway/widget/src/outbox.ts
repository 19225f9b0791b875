import { parseStored } from "./protocol";
import type { StoredFrame } from "./protocol";
import type { Store } from "./store";

const KEPT_MS = 7 * 24 * 3600 * 1000;

/**
 * Frames that the gateway has not accepted yet, oldest first. Each lies under its own key, so that tabs do not overwrite
 * each other's; a page that loads takes over what is there. A frame that two tabs send is one event, for its id is one.
 */
export class Outbox {
  readonly #store: Store;
  readonly #prefix: string;
  readonly #frames = new Map<string, StoredFrame>();
  readonly #keys = new Map<string, string>();
  readonly #now: () => number;
  #count = 0;

  constructor(store: Store, prefix: string, now: () => number) {
    this.#store = store;
    this.#prefix = prefix;
    this.#now = now;
    this.adopt();
  }

  get frames(): readonly StoredFrame[] {
    return [...this.#frames.values()];
  }

  /** The frame to send next. */
  get head(): StoredFrame | undefined {
    return this.#frames.values().next().value;
  }

  get(id: string): StoredFrame | undefined {
    return this.#frames.get(id);
  }

  add(frame: StoredFrame): void {
    const place = String(this.#now()).padStart(15, "0") + String(this.#count++).padStart(5, "0");
    const key = `${this.#prefix}${place}.${frame.id}`;
    this.#keep(key, frame);
    this.#store.set(key, JSON.stringify(frame));
  }

  /** Forgets the frame: it was accepted, or it never will be. */
  remove(id: string): void {
    const key = this.#keys.get(id);
    if (key) this.#store.remove(key);
    this.#keys.delete(id);
    this.#frames.delete(id);
  }

  /** Takes over what other tabs left, or have still in hand; answers with the frames that are new here. */
  adopt(): readonly StoredFrame[] {
    const keys = this.#store.keys(this.#prefix).filter((key) => !this.#frames.has(key.slice(this.#prefix.length + 21)));
    return keys.flatMap((key) => this.#adopt(key) ?? []);
  }

  #adopt(key: string): StoredFrame | null {
    const frame = parseStored(this.#store.get(key) ?? "");
    const since = Number(key.slice(this.#prefix.length, this.#prefix.length + 15));
    if (frame && this.#now() - since < KEPT_MS) {
      this.#keep(key, frame);
      return frame;
    }
    this.#store.remove(key);
    return null;
  }

  #keep(key: string, frame: StoredFrame): void {
    this.#keys.set(frame.id, key);
    this.#frames.set(frame.id, frame);
  }
}
