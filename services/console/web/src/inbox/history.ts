import { ApiError, get, withQuery } from "../api/http";
import { isAway } from "../api/queries";
import type { MessagesPage, StoredMessage } from "../contract";
import { EMPTY, opened, PAGE, type Window, withLive, withNewer, withOlder } from "./window";

/** How a conversation's history is: `loading` until the first page, `failed` when that was refused. */
export type Shown = Window & { readonly state: "loading" | "ready" | "failed"; readonly reason: string };

const RETRY_MS = 1_000;
/**
 * When the read model is asked again for what it did not have at first: it is behind what comes live, mostly by some
 * milliseconds, and by seconds when its service has just come back.
 */
const SETTLING_MS = [1_500, 4_500, 14_000];

/** One conversation as it is read: pages as they are wanted, and what comes live. */
export class History {
  readonly visitor: string;
  readonly #listeners = new Set<() => void>();
  #shown: Shown = { ...EMPTY, state: "loading", reason: "" };
  #isFetching = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #round = 0;
  /** What came live before the first page. */
  readonly #early: StoredMessage[] = [];
  /** Up to where nothing is missing, while something later may be; null: nothing is. */
  #whole: number | null = null;

  constructor(visitor: string) {
    this.visitor = visitor;
  }

  get shown(): Shown {
    return this.#shown;
  }

  subscribe = (listen: () => void): (() => void) => {
    this.#listeners.add(listen);
    return () => void this.#listeners.delete(listen);
  };

  /** Begin at the end, or around the message at that place. */
  async open(around: number | null = null): Promise<void> {
    const page = await this.#fetch(around === null ? {} : { before: around + 1 });
    if (!page) return;
    this.#put(opened(page));
    this.#whole = null;
    if (around !== null) {
      this.#put({ ...this.#shown, hasNewer: true });
      await this.newer();
    }
    this.#settle();
    for (const message of this.#early.splice(0)) this.take(message);
  }

  async older(): Promise<void> {
    const first = this.#shown.messages[0];
    if (!first || !this.#shown.hasOlder || this.#isFetching) return;
    const page = await this.#fetch({ before: first.seq });
    if (page) this.#put(withOlder(this.#shown, page));
  }

  async newer(): Promise<void> {
    const last = this.#shown.messages.at(-1);
    if (!last || !this.#shown.hasNewer || this.#isFetching) return;
    const page = await this.#fetch({ after: last.seq });
    if (page) this.#put(withNewer(this.#shown, page));
  }

  take(message: StoredMessage): void {
    if (this.#shown.state === "ready") this.#put(withLive(this.#shown, message));
    else this.#early.push(message);
  }

  /** Ask for what may have been missed: now, and again when the read model must have it. */
  catchUp(): void {
    if (this.#shown.state !== "ready") return void this.open();
    this.#settle();
    void this.#missed();
  }

  close(): void {
    this.#round += 1;
    clearTimeout(this.#timer);
  }

  #settle(): void {
    this.close();
    const round = this.#round;
    // What came live meanwhile does not move it: there may be a gap before that.
    this.#whole ??= this.#shown.messages.at(-1)?.seq ?? 0;
    const again = ([wait, ...later]: readonly number[]): void => {
      if (round !== this.#round) return;
      if (wait === undefined) this.#whole = null;
      else this.#timer = setTimeout(() => void this.#missed().then(() => again(later)), wait);
    };
    again(SETTLING_MS);
  }

  async #missed(): Promise<void> {
    if (this.#shown.hasNewer || this.#whole === null) return;
    for (let after = this.#whole, more = true; more; ) {
      const page = await this.#fetch({ after });
      if (!page) return;
      this.#put(withNewer(this.#shown, { ...page, more: false }));
      after = page.messages.at(-1)?.seq ?? after;
      more = page.more;
    }
  }

  async #fetch(place: Readonly<Record<string, number>>): Promise<MessagesPage | null> {
    this.#isFetching = true;
    const path = withQuery(`/conversations/${this.visitor}/messages`, { ...place, limit: PAGE });
    try {
      for (;;) {
        try {
          return await get<MessagesPage>(path);
        } catch (error) {
          if (!isAway(error)) throw error;
          await new Promise((wake) => setTimeout(wake, RETRY_MS));
        }
      }
    } catch (error) {
      const reason = error instanceof ApiError ? error.message : String(error);
      if (this.#shown.state === "loading") this.#tell({ ...this.#shown, state: "failed", reason });
      return null;
    } finally {
      this.#isFetching = false;
    }
  }

  #put(window: Window): void {
    this.#tell({ ...window, state: "ready", reason: "" });
  }

  #tell(shown: Shown): void {
    this.#shown = shown;
    for (const listen of this.#listeners) listen();
  }
}
