/**
 * Who speaks: nobody yet, or a customer whom the site vouches for. What waits to be sent belongs to whom it was said by,
 * so each has an outbox; only nobody's token is stored, a customer's lives as long as the page (decision 0019).
 */

import { subjectOf } from "./jwt";
import { Outbox } from "./outbox";
import type { Hello } from "./protocol";
import type { Store } from "./store";

export class Account {
  readonly outbox: Outbox;
  /** The customer as the site's word says it; null: nobody. */
  readonly customer: string | null;
  /** The site's newest word. */
  identity: string | null;
  readonly #store: Store;
  readonly #key: string;
  #token: string | null = null;

  constructor(store: Store, team: string, now: () => number, identity: string | null) {
    this.#store = store;
    this.#key = `frontdesk.${team}.token`;
    this.identity = identity;
    this.customer = identity === null ? null : (subjectOf(identity) ?? "");
    const whose = this.customer === null ? "" : `@${encodeURIComponent(this.customer)}`;
    this.outbox = new Outbox(store, `frontdesk.${team}.outbox${whose}.`, now);
  }

  get token(): string | null {
    return this.customer === null ? this.#store.get(this.#key) : this.#token;
  }

  /** How it says hello: once welcomed by its own token, for the site's word may have run out meanwhile. */
  get credentials(): Pick<Hello, "token" | "identity"> {
    if (this.customer === null || this.#token) return { token: this.token };
    return { token: this.#store.get(this.#key), identity: this.identity };
  }

  keep(token: string): void {
    if (this.customer === null) this.#store.set(this.#key, token);
    else this.#token = token;
  }

  /** Forgets the token that was refused; false when there was none. */
  forget(): boolean {
    const had = this.credentials.token !== null;
    if (this.#token) this.#token = null;
    else this.#store.remove(this.#key);
    return had;
  }
}
