import { parseHistory } from "./protocol";
import type { Session } from "./session";

const PAGE = 100;

/** Fetches what lies before the oldest message here, a page at a time. */
export class History {
  readonly #base: string;
  readonly #session: Session;
  #isFetching = false;

  constructor(base: string, session: Session) {
    this.#base = base;
    this.#session = session;
  }

  /** Adds the page before the oldest one here; nothing changes when the gateway cannot be reached. */
  async older(): Promise<void> {
    if (this.#isFetching) return;
    this.#isFetching = true;
    try {
      await this.#fetch();
    } catch {
      // Offline: the button stays, and the visitor presses it, or comes by, again.
    } finally {
      this.#isFetching = false;
    }
  }

  async #fetch(): Promise<void> {
    const { visitor, token, timeline } = this.#session;
    const { oldest } = timeline;
    if (!oldest || !visitor || !token) return;
    const address = new URL(`v1/visitors/${visitor}/messages?before=${oldest.seq}&limit=${PAGE}`, this.#base);
    const answer = await fetch(address, { headers: { Authorization: `Bearer ${token}` }, credentials: "omit" });
    const page = answer.ok ? parseHistory(await answer.json()) : null;
    if (page && this.#session.visitor === visitor) this.#session.takeOlder(page.messages, page.more);
  }
}
