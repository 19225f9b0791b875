import type { Message } from "./protocol";

export type PendingState = "sending" | "sent" | "failed";

/** What the visitor wrote and the conversation does not hold yet. */
export interface PendingMessage {
  readonly frame: string;
  readonly text: string;
  readonly state: PendingState;
}

/** Own messages shown at once, in the order of writing, until the stored one with the same frame id takes their place. */
export class Pending {
  readonly #messages = new Map<string, PendingMessage>();
  readonly #stored = new Set<string>();

  get messages(): readonly PendingMessage[] {
    return [...this.#messages.values()];
  }

  add(frame: string, text: string): void {
    if (!this.#stored.has(frame)) this.#messages.set(frame, { frame, text, state: "sending" });
  }

  mark(frame: string, state: PendingState): void {
    const message = this.#messages.get(frame);
    if (message) this.#messages.set(frame, { ...message, state });
  }

  remove(frame: string): void {
    this.#messages.delete(frame);
  }

  clear(): void {
    this.#messages.clear();
  }

  /** The stored ones take over. */
  settle(messages: readonly Message[]): void {
    for (const { frame } of messages) {
      if (!frame) continue;
      this.#stored.add(frame);
      this.#messages.delete(frame);
    }
  }
}
