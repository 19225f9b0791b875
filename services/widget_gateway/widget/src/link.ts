/**
 * The connection to the gateway and its coming back.
 *
 *   connecting ──established()──▶ online ──closed──▶ waiting ──back-off──▶ connecting …
 *        └──closed, or nothing for 10 s──────────────▲
 *
 * It begins as waiting, for the first reopen(). `stopped` is left only by reopen(). At most one wire is current; what an
 * older one still says is not heard.
 */

import { backoffMs } from "./backoff";

const SILENCE_MS = 45_000;
/** The gateway ticks every 20 s: who wakes up and has heard nothing for longer has slept, or the socket is dead. */
const SUSPICIOUS_MS = 25_000;
const WELCOME_MS = 10_000;

export type LinkState = "connecting" | "online" | "waiting" | "stopped";

/** One socket. */
export interface Wire {
  send(text: string): void;
  close(): void;
}

export interface WireEvents {
  opened(): void;
  received(text: string): void;
  closed(code: number): void;
}

/** What lies outside: sockets, time and chance. */
export interface World {
  connect(events: WireEvents): Wire;
  /** Runs `action` when no other tab of this browser is in one; it lasts until what it is given is called. */
  alone(action: (done: () => void) => void): void;
  /** Runs `action` after `ms`; the answer cancels it. */
  later(ms: number, action: () => void): () => void;
  now(): number;
  random(): number;
  newId(): string;
}

/** What to do about a closed socket. */
export type Verdict = "retry" | "at_once" | "stop";

export interface LinkOwner {
  opened(): void;
  received(text: string): void;
  closed(code: number): Verdict;
  changed(): void;
}

export class Link {
  readonly #world: World;
  readonly #owner: LinkOwner;
  #state: LinkState = "waiting";
  #wire: Wire | null = null;
  #attempt = 0;
  #cancelTimer = (): void => {};
  #heardAt = 0;

  constructor(world: World, owner: LinkOwner) {
    this.#world = world;
    this.#owner = owner;
  }

  get state(): LinkState {
    return this.#state;
  }

  /** Connects now, in place of whatever was there. */
  reopen(): void {
    this.#drop();
    this.#become("connecting");
    let mine = true;
    const whenMine = (action: () => void): void => {
      if (mine) action();
    };
    const wire = this.#world.connect({
      opened: () => whenMine(() => this.#owner.opened()),
      received: (text) => whenMine(() => this.#received(text)),
      closed: (code) => whenMine(() => this.#closed(code)),
    });
    this.#wire = {
      send: (text) => wire.send(text),
      close: () => {
        mine = false;
        wire.close();
      },
    };
    this.#arm(WELCOME_MS, () => this.#closed(1006));
  }

  /** The gateway has welcomed us: the next loss starts with a quick try again. */
  established(): void {
    this.#attempt = 0;
    this.#become("online");
    this.#listen();
  }

  send(text: string): void {
    this.#wire?.send(text);
  }

  /** The browser or the page came back to life: do not wait for the timers, which may have slept. */
  wake(): void {
    if (this.#state === "waiting") this.reopen();
    else if (this.#state === "online" && this.#world.now() - this.#heardAt > SUSPICIOUS_MS) this.reopen();
  }

  stop(): void {
    this.#drop();
    this.#become("stopped");
  }

  #received(text: string): void {
    this.#heardAt = this.#world.now();
    if (this.#state === "online") this.#listen();
    this.#owner.received(text);
  }

  #closed(code: number): void {
    this.#drop();
    switch (this.#owner.closed(code)) {
      case "stop":
        return this.#become("stopped");
      case "at_once":
        return this.reopen();
      case "retry":
        this.#become("waiting");
        this.#arm(backoffMs(this.#attempt++, this.#world.random()), () => this.reopen());
    }
  }

  #listen(): void {
    this.#heardAt = this.#world.now();
    this.#arm(SILENCE_MS, () => this.#closed(1006));
  }

  #arm(ms: number, action: () => void): void {
    this.#cancelTimer();
    this.#cancelTimer = this.#world.later(ms, action);
  }

  #drop(): void {
    this.#cancelTimer();
    this.#wire?.close();
    this.#wire = null;
  }

  #become(state: LinkState): void {
    if (this.#state === state) return;
    this.#state = state;
    this.#owner.changed();
  }
}
