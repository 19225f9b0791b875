import type { Wire, WireEvents, World } from "../src/link";
import type { Message } from "../src/protocol";

/** One socket as the gateway sees it. */
export class Socket implements Wire {
  readonly sent: Record<string, unknown>[] = [];
  isClosed = false;
  readonly #events: WireEvents;

  constructor(events: WireEvents) {
    this.#events = events;
  }

  send(text: string): void {
    const frame: unknown = JSON.parse(text);
    this.sent.push({ ...(typeof frame === "object" ? frame : {}) });
  }

  close(): void {
    this.isClosed = true;
  }

  open(): void {
    this.#events.opened();
  }

  say(frame: object | string): void {
    this.#events.received(typeof frame === "string" ? frame : JSON.stringify(frame));
  }

  /** Opens, and welcomes whatever the hello was. */
  welcome(fields: object = {}): void {
    this.open();
    this.say({
      type: "welcome",
      visitor: "v1",
      token: "token-1",
      agents_online: false,
      appearance: {},
      messages: [],
      more: false,
      reset: false,
      ...fields,
    });
  }

  lose(code = 1006): void {
    this.#events.closed(code);
  }

  /** The frames sent, without the hello. */
  get facts(): Record<string, unknown>[] {
    return this.sent.filter((frame) => frame["type"] !== "hello");
  }

  get last(): Record<string, unknown> {
    return this.sent[this.sent.length - 1] ?? {};
  }
}

/** Time that passes when told to, and sockets that do what the test says. */
export class FakeWorld implements World {
  readonly sockets: Socket[] = [];
  #now = 1_700_000_000_000;
  #ids = 0;
  #timers: { at: number; action: () => void }[] = [];

  get socket(): Socket {
    const socket = this.sockets[this.sockets.length - 1];
    if (!socket) throw new Error("nobody has connected yet");
    return socket;
  }

  connect(events: WireEvents): Wire {
    const socket = new Socket(events);
    this.sockets.push(socket);
    return socket;
  }

  /** Another tab holds the lock until the test lets go of it. */
  blocked: (() => void)[] | null = null;
  done = 0;

  alone(action: (done: () => void) => void): void {
    const begin = (): void => action(() => this.done++);
    if (this.blocked) this.blocked.push(begin);
    else begin();
  }

  later(ms: number, action: () => void): () => void {
    const timer = { at: this.#now + ms, action };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  }

  pass(ms: number): void {
    const until = this.#now + ms;
    for (;;) {
      const next = this.#timers.filter(({ at }) => at <= until).sort((a, b) => a.at - b.at)[0];
      if (!next) break;
      this.#timers = this.#timers.filter((timer) => timer !== next);
      this.#now = next.at;
      next.action();
    }
    this.#now = until;
  }

  /** Time during which no timer fires, as in a sleeping laptop. */
  sleep(ms: number): void {
    this.#now += ms;
  }

  now(): number {
    return this.#now;
  }

  random(): number {
    return 0.5;
  }

  newId(): string {
    return `id-${++this.#ids}`;
  }
}

/** A message of the robot, or of the visitor when it has a frame. */
export function message(seq: number, id = `m${seq}`, frame?: string): Message {
  return {
    type: "message",
    seq,
    id,
    at: "2026-01-05T10:00:00Z",
    author: { kind: frame ? "visitor" : "robot" },
    body: { kind: "text", text: `text of ${id}` },
    ...(frame && { frame }),
  };
}
