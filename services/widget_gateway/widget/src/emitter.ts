import type { Listener } from "./commands";

/** Tells the page's listeners. One that fails is the page's problem alone. */
export class Emitter {
  readonly #listeners = new Map<string, Set<Listener>>();
  /** What became true once and stays so: told to late listeners too. */
  readonly #lasting = new Map<string, unknown>();

  on(event: string, listener: Listener): void {
    this.#of(event).add(listener);
    if (this.#lasting.has(event)) queueMicrotask(() => call(listener, this.#lasting.get(event)));
  }

  off(event: string, listener: Listener): void {
    this.#of(event).delete(listener);
  }

  emit(event: string, detail: unknown): void {
    for (const listener of [...this.#of(event)]) call(listener, detail);
  }

  /** Tells it, and whoever listens from now on. */
  settle(event: string, detail: unknown): void {
    this.#lasting.set(event, detail);
    this.emit(event, detail);
  }

  #of(event: string): Set<Listener> {
    const listeners = this.#listeners.get(event) ?? new Set();
    this.#listeners.set(event, listeners);
    return listeners;
  }
}

function call(listener: Listener, detail: unknown): void {
  try {
    listener(detail);
  } catch (problem) {
    console.error(problem);
  }
}
