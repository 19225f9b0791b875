import type { Message } from "./protocol";
import type { Store } from "./store";

/** Up to where the visitor has read: kept over page loads, for this visitor only. */
export class Unread {
  readonly #store: Store;
  readonly #key: string;

  constructor(store: Store, team: string) {
    this.#store = store;
    this.#key = `frontdesk.${team}.read`;
  }

  /** What the other side wrote and the visitor has not seen. */
  in(messages: readonly Message[], visitor: string | null): readonly Message[] {
    const seen = this.#seen(visitor);
    return messages.filter((message) => message.seq > seen && message.author.kind !== "visitor");
  }

  /** Marks everything as read; the new place, or null when there was nothing to mark. */
  clear(messages: readonly Message[], visitor: string | null): number | null {
    const last = messages[messages.length - 1]?.seq ?? 0;
    if (!visitor || last <= this.#seen(visitor)) return null;
    this.#store.set(this.#key, `${visitor} ${last}`);
    return last;
  }

  #seen(visitor: string | null): number {
    const [whose, seq] = (this.#store.get(this.#key) ?? "").split(" ");
    return whose === visitor ? Number(seq) || 0 : 0;
  }
}
