import { ApiError, send } from "../api/http";
import { isAway } from "../api/queries";
import type { Stored } from "../contract";
import { newId } from "./ids";
import { type Outgoing, parseOutgoing, sendable } from "./outgoing";
import { keep, loadAll } from "./stored";

const LONGEST_WAIT_MS = 8_000;

type Arrived = (sent: Outgoing, stored: Stored) => void;

/** What an agent has written and the service does not have yet. It survives the page, and the service's absence. */
export class Outbox {
  /** Each has a place of its own in the storage, which tabs share. */
  readonly #prefix: string;
  readonly #listeners = new Set<() => void>();
  readonly #arrived = new Set<Arrived>();
  readonly #under = new Set<string>();
  #waiting: readonly Outgoing[];
  #failures = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(agent: string) {
    this.#prefix = `frontdesk.outbox.${agent}.`;
    this.#waiting = [...loadAll(this.#prefix, parseOutgoing)].sort((a, b) => a.at.localeCompare(b.at));
    this.pump();
  }

  get waiting(): readonly Outgoing[] {
    return this.#waiting;
  }

  subscribe = (listen: () => void): (() => void) => {
    this.#listeners.add(listen);
    return () => void this.#listeners.delete(listen);
  };

  onArrival(call: Arrived): () => void {
    this.#arrived.add(call);
    return () => void this.#arrived.delete(call);
  }

  /** Have it sent: now, or as soon as the service is back. */
  add(visitor: string, kind: Outgoing["kind"], text: string): void {
    const one = { id: newId(), visitor, kind, text, at: new Date().toISOString(), refused: null };
    keep(this.#prefix + one.id, one);
    this.#put([...this.#waiting, one]);
    this.pump();
  }

  /** Try once more what was refused. */
  retry(id: string): void {
    this.#put(this.#waiting.map((one) => (one.id === id ? { ...one, refused: null } : one)));
    this.pump();
  }

  /** Give it up; the text, for whoever wants to write it anew. */
  discard(id: string): string {
    const found = this.#waiting.find((one) => one.id === id);
    this.#drop(id);
    return found?.text ?? "";
  }

  /** Send what can be sent; called by itself, and when the service is back. */
  pump = (): void => {
    clearTimeout(this.#timer);
    for (const one of sendable(this.#waiting)) if (!this.#under.has(one.visitor)) void this.#send(one);
  };

  async #send(one: Outgoing): Promise<void> {
    this.#under.add(one.visitor);
    try {
      const path = `/conversations/${one.visitor}/${one.kind === "note" ? "notes" : "messages"}`;
      const stored = await send<Stored>("POST", path, { id: one.id, text: one.text });
      this.#failures = 0;
      for (const call of this.#arrived) call(one, stored);
      this.#drop(one.id);
    } catch (error) {
      if (isLasting(error)) this.#refuse(one, error);
      else this.#later();
      return;
    } finally {
      this.#under.delete(one.visitor);
    }
    this.pump();
  }

  #refuse({ id }: Outgoing, error: ApiError): void {
    this.#put(this.#waiting.map((one) => (one.id === id ? { ...one, refused: error.message } : one)));
    this.pump();
  }

  #later(): void {
    this.#failures += 1;
    const wait = Math.min(250 * 2 ** this.#failures, LONGEST_WAIT_MS) * (0.5 + Math.random() / 2);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(this.pump, wait);
  }

  #drop(id: string): void {
    keep(this.#prefix + id, null);
    this.#put(this.#waiting.filter((one) => one.id !== id));
  }

  #put(waiting: readonly Outgoing[]): void {
    this.#waiting = waiting;
    for (const listen of this.#listeners) listen();
  }
}

/** Whether trying again would bring the same; a session that has ended is signed in again. */
function isLasting(error: unknown): error is ApiError {
  return error instanceof ApiError && !isAway(error) && error.code !== "no_session" && error.code !== "bad_csrf";
}
