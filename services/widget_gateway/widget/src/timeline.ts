import type { Message } from "./protocol";

/** Where a reconnect resumes: a message's place, and its id as a check that the history is still the same one. */
export interface Place {
  readonly seq: number;
  readonly id: string;
}

/**
 * The conversation as far as it is known: each id once, in the order of `seq`, and the end of the unbroken row. While
 * pages of a catch-up are still to come, live messages are shown but prove nothing about what lies before them.
 */
export class Timeline {
  readonly #messages = new Map<string, Message>();
  #sorted: readonly Message[] | null = [];
  #end: Place | null = null;
  #last: Place | null = null;
  #catchingUp = false;

  get messages(): readonly Message[] {
    this.#sorted ??= [...this.#messages.values()].sort((a, b) => a.seq - b.seq);
    return this.#sorted;
  }

  get end(): Place | null {
    return this.#end;
  }

  get oldest(): Message | undefined {
    return this.messages[0];
  }

  /** Adds a message that just came; false when its id is known already, whatever its seq. */
  add(message: Message): boolean {
    this.#last = later(this.#last, message);
    if (!this.#catchingUp) this.#end = this.#last;
    return this.#insert(message);
  }

  /** Adds a page of what was missed, in order, and answers with those that are new. */
  catchUp(messages: readonly Message[], more: boolean): readonly Message[] {
    this.#catchingUp = more;
    for (const message of messages) {
      this.#end = later(this.#end, message);
      this.#last = later(this.#last, message);
    }
    if (!more) this.#end = this.#last;
    return messages.filter((message) => this.#insert(message));
  }

  /** Adds what lies before everything known. */
  prepend(messages: readonly Message[]): void {
    for (const message of messages) this.#insert(message);
  }

  clear(): void {
    this.#messages.clear();
    this.#sorted = [];
    this.#end = null;
    this.#last = null;
    this.#catchingUp = false;
  }

  #insert(message: Message): boolean {
    if (this.#messages.has(message.id)) return false;
    this.#messages.set(message.id, message);
    this.#sorted = null;
    return true;
  }
}

function later(place: Place | null, message: Message): Place {
  return place && place.seq >= message.seq ? place : { seq: message.seq, id: message.id };
}
