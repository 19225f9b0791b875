import { parseValues } from "./protocol";
import type { Values } from "./protocol";
import type { Store } from "./store";

const KEPT_MS = 30 * 24 * 3600 * 1000;

/** What was filled in of forms, by the message that asks, kept over page loads and shared by tabs. */
export class Answers {
  readonly #store: Store;
  readonly #prefix: string;
  readonly #now: () => number;

  constructor(store: Store, team: string, now: () => number) {
    this.#store = store;
    this.#prefix = `frontdesk.${team}.form.`;
    this.#now = now;
    for (const key of store.keys(this.#prefix)) {
      if (!(now() - Number(store.get(key)?.split(" ", 1)[0]) < KEPT_MS)) store.remove(key);
    }
  }

  of(message: string): Values {
    const kept = this.#store.get(this.#prefix + message) ?? "";
    return parseValues(kept.slice(kept.indexOf(" ") + 1)) ?? {};
  }

  /** Adds one answer; all of this form so far. */
  add(message: string, name: string, value: string | number): Values {
    const values = { ...this.of(message), [name]: value };
    this.#store.set(this.#prefix + message, `${this.#now()} ${JSON.stringify(values)}`);
    return values;
  }
}
