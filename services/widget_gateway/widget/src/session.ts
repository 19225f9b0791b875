/**
 * The visitor's side of `frontdesk.v1`.
 *
 * Every fact is a frame in the outbox until the gateway accepts it. Frames travel one at a time, so that the gateway
 * stores them in the order in which they were made, also when it refuses one as too fast; a lost connection sends the
 * first one again with the same id, which the gateway knows. What comes in is merged by id, ordered by seq, and the end
 * of the unbroken row is where the next connection resumes.
 *
 * When the site says who the visitor is, what was said before is sent under the old name first; what is said from then
 * on waits for the new one.
 */

import { Account } from "./account";
import { Answers } from "./answers";
import { subjectOf } from "./jwt";
import { Link } from "./link";
import type { LinkOwner, LinkState, Verdict, World } from "./link";
import { Pending } from "./pending";
import { MAX_FRAME_BYTES, MAX_TEXT_CHARACTERS, parseFrame } from "./protocol";
import type { Appearance, Hello, Message, PassingFrame, StoredFrame, Welcome } from "./protocol";
import { questionsIn } from "./questions";
import type { Questions } from "./questions";
import type { Store } from "./store";
import { plain } from "./text";
import { Timeline } from "./timeline";

const ACCEPTED_WITHIN_MS = 20_000;
const RETRY_MS = 1_000;
const FINAL_ERRORS: ReadonlySet<string> = new Set(["bad_frame", "unknown_type", "too_large"]);

/** What a fact is before it has an id. */
export type Fact = StoredFrame extends infer F ? (F extends StoredFrame ? Omit<F, "id"> : never) : never;

export type News =
  | { readonly type: "changed" }
  | { readonly type: "arrived"; readonly messages: readonly Message[]; readonly isHistory: boolean }
  | { readonly type: "typing" }
  | { readonly type: "settled"; readonly id: string; readonly state: "sent" | "failed" }
  | { readonly type: "refused"; readonly code: string; readonly detail: string };

export interface SessionConfig {
  readonly team: string;
  readonly page: () => NonNullable<Hello["page"]>;
  readonly locale: string;
}

export class Session implements LinkOwner {
  readonly timeline = new Timeline();
  readonly pending = new Pending();
  readonly #answers: Answers;
  readonly #link: Link;
  readonly #world: World;
  readonly #store: Store;
  readonly #config: SessionConfig;
  readonly #tell: (news: News) => void;
  #visitor: string | null = null;
  #account: Account;
  /** Who speaks next, when the outbox of who speaks now is empty. */
  #next: Account | null = null;
  #agentsOnline = false;
  #hasOlder = false;
  #readUpTo = 0;
  #appearance: Appearance = {};
  /** How far the gateway's clock is ahead of ours. */
  #aheadMs = 0;
  #inFlight: string | null = null;
  #cancelSendTimer = (): void => {};
  #hasBegun = false;
  #settle = (): void => {};
  #refusal: { code: string; detail: string } | null = null;

  constructor(world: World, store: Store, config: SessionConfig, tell: (news: News) => void) {
    this.#world = world;
    this.#store = store;
    this.#config = config;
    this.#tell = tell;
    this.#account = this.#accountOf(null);
    this.#answers = new Answers(store, config.team, () => world.now());
    this.#link = new Link(world, this);
    this.#account.outbox.frames.forEach((frame) => this.#showPending(frame));
  }

  get state(): LinkState {
    return this.#link.state;
  }

  get visitor(): string | null {
    return this.#visitor;
  }

  get token(): string | null {
    return this.#account.token;
  }

  get agentsOnline(): boolean {
    return this.#agentsOnline;
  }

  get appearance(): Appearance {
    return this.#appearance;
  }

  /** Whether the server has messages older than the oldest one here. */
  get hasOlder(): boolean {
    return this.#hasOlder;
  }

  /** Up to where an agent has read, as far as it was told on this page. */
  get readUpTo(): number {
    return this.#readUpTo;
  }

  /** What the conversation asks the visitor now. */
  get questions(): Questions {
    const filled = (message: string) => this.#answers.of(message);
    return questionsIn(this.timeline.messages, this.pending.messages, filled, this.#serverNow);
  }

  /** In how many ms a question expires; null: none will. */
  get expiresInMs(): number | null {
    const { expires } = this.questions;
    return expires === null ? null : expires - this.#serverNow;
  }

  /** Connects; of several new tabs one becomes the visitor, and the others that same one. */
  start(): void {
    this.#hasBegun = true;
    if (this.token || this.#account.customer !== null) return this.#link.reopen();
    this.#world.alone((done) => {
      if (this.#link.state !== "waiting") return done();
      this.#settle = done;
      this.#link.reopen();
    });
  }

  /** Another tab has changed what is stored: if it is another visitor by now, so are we. */
  stored(): void {
    const visitor = subjectOf(this.#account.customer === null ? this.token : null);
    if (visitor && this.#visitor && visitor !== this.#visitor) this.#reconnect();
    this.changed();
  }

  wake(): void {
    this.#link.wake();
  }

  stop(): void {
    this.#link.stop();
  }

  /** Says who the visitor is, by the team's own word, and goes on as that one; null: nobody any more. */
  identify(jwt: string | null): void {
    const account = this.#accountOf(jwt);
    const current = this.#next ?? this.#account;
    if (account.customer !== current.customer) this.#next = account;
    else current.identity = jwt;
    if (this.#link.state === "stopped") return this.#next ? this.#switch() : this.#reconnect();
    this.#switchWhenDone();
  }

  /** Records a fact and sends it as soon as the gateway takes it. Answers with its id. */
  record(fact: Fact): string {
    const frame: StoredFrame = { ...fact, id: this.#world.newId() };
    (this.#next ?? this.#account).outbox.add(frame);
    this.#showPending(frame);
    this.changed();
    this.#pump();
    return frame.id;
  }

  /** Sends the visitor's message; false when there is nothing in it. Too long a text is cut. */
  say(text: string): boolean {
    const clean = plain(text.trim(), MAX_TEXT_CHARACTERS);
    if (clean) this.record({ type: "message_sent", text: clean });
    return clean !== "";
  }

  /** Answers a question by one of its choices; one that is not open any more is not answered. */
  choose(message: string, choice: string): void {
    if (this.questions.asks.get(message)?.type === "choices") this.record({ type: "reply_chosen", message, choice });
  }

  /** Answers one field of a form; all its answers so far go with it, as far as a frame holds them. */
  fill(message: string, name: string, value: string | number): void {
    const fact: Fact = { type: "form_submitted", message, values: this.#answers.add(message, name, value) };
    const size = new TextEncoder().encode(JSON.stringify(fact)).length;
    this.record(size < MAX_FRAME_BYTES - 256 ? fact : { ...fact, values: { [name]: value } });
  }

  /** Tells the other side something that is true only now. */
  mention(frame: PassingFrame): void {
    if (this.#link.state === "online") this.#link.send(JSON.stringify(frame));
  }

  takeOlder(messages: readonly Message[], more: boolean): void {
    this.timeline.prepend(messages);
    this.pending.settle(messages);
    this.#hasOlder = more;
    this.changed();
  }

  opened(): void {
    this.#refusal = null;
    this.#landed();
    const end = this.timeline.end;
    const hello: Hello = {
      type: "hello",
      team: this.#config.team,
      ...this.#account.credentials,
      after: end?.seq ?? 0,
      ...(end && { after_id: end.id }),
      page: this.#config.page(),
      locale: this.#config.locale,
    };
    this.#link.send(JSON.stringify(hello));
  }

  received(text: string): void {
    const frame = parseFrame(text);
    switch (frame?.type) {
      case "welcome":
        return this.#welcomed(frame);
      case "messages":
        return this.#arrived(this.timeline.catchUp(frame.messages, frame.more));
      case "message":
        return this.#arrived(this.timeline.add(frame) ? [frame] : []);
      case "accepted":
        return this.#settled(frame.id, "sent");
      case "error":
        return this.#refused(frame.code, frame.detail, frame.id ?? null, frame.retry_after_ms ?? RETRY_MS);
      case "presence":
        this.#agentsOnline = frame.agents_online;
        return this.changed();
      case "appearance":
        this.#appearance = { ...this.#appearance, ...frame.appearance };
        return this.changed();
      case "typing":
        return this.#tell({ type: "typing" });
      case "read":
        this.#readUpTo = Math.max(this.#readUpTo, frame.seq);
        return this.changed();
      case "tick":
      case undefined:
        return;
    }
  }

  closed(code: number): Verdict {
    this.#landed();
    this.#settle();
    switch (code) {
      case 4401:
        return this.#forgetToken() ? "at_once" : "retry";
      case 4402:
      case 4403:
      case 4404:
        this.#tell({ type: "refused", ...(this.#refusal ?? { code: String(code), detail: "" }) });
        return "stop";
      default:
        return "retry";
    }
  }

  changed(): void {
    this.#tell({ type: "changed" });
  }

  get #serverNow(): number {
    return this.#world.now() + this.#aheadMs;
  }

  #accountOf(identity: string | null): Account {
    return new Account(this.#store, this.#config.team, () => this.#world.now(), identity);
  }

  #forgetToken(): boolean {
    this.timeline.clear();
    return this.#account.forget();
  }

  #switchWhenDone(): void {
    if (this.#next && !this.#account.outbox.head) this.#switch();
  }

  /** From here on somebody else speaks, whose history is another one. */
  #switch(): void {
    this.#account = this.#next ?? this.#account;
    this.#next = null;
    this.timeline.clear();
    this.pending.clear();
    this.#account.outbox.frames.forEach((frame) => this.#showPending(frame));
    if (this.#hasBegun) this.#reconnect();
    this.changed();
  }

  #welcomed(welcome: Welcome): void {
    this.#account.keep(welcome.token);
    this.#settle();
    const fresh = welcome.reset || this.timeline.end === null || this.#visitor !== welcome.visitor;
    if (fresh) {
      this.timeline.clear();
      this.#hasOlder = welcome.more;
    }
    if (this.#visitor !== welcome.visitor) this.#readUpTo = 0;
    this.#visitor = welcome.visitor;
    this.#agentsOnline = welcome.agents_online;
    this.#appearance = welcome.appearance;
    if (welcome.now) this.#aheadMs = Date.parse(welcome.now) - this.#world.now();
    this.#link.established();
    this.#arrived(this.timeline.catchUp(welcome.messages, welcome.more && !fresh), fresh);
    this.#account.outbox.adopt().forEach((frame) => this.#showPending(frame));
    this.#pump();
  }

  /** `isHistory`: it was there before this page, or this visitor, came. */
  #arrived(messages: readonly Message[], isHistory = false): void {
    this.pending.settle(messages);
    this.#tell({ type: "arrived", messages, isHistory });
  }

  #showPending(frame: StoredFrame): void {
    if (frame.type === "message_sent") this.pending.add(frame.id, frame.text);
    if (frame.type === "reply_chosen") this.pending.add(frame.id, frame.choice);
  }

  #pump(): void {
    const frame = this.#account.outbox.head;
    if (!frame || this.#inFlight || this.#link.state !== "online") return;
    this.#inFlight = frame.id;
    this.#link.send(JSON.stringify(frame));
    this.#cancelSendTimer = this.#world.later(ACCEPTED_WITHIN_MS, () => this.#reconnect());
  }

  #reconnect(): void {
    this.#landed();
    this.#link.reopen();
  }

  /** The frame's fate is known: the next one may go. */
  #settled(id: string, state: "sent" | "failed"): void {
    this.#account.outbox.remove(id);
    this.pending.mark(id, state);
    if (id === this.#inFlight) this.#landed();
    this.#tell({ type: "settled", id, state });
    this.changed();
    this.#switchWhenDone();
    this.#pump();
  }

  #landed(): void {
    this.#cancelSendTimer();
    this.#inFlight = null;
  }

  #refused(code: string, detail: string, id: string | null, retryAfterMs: number): void {
    // One frame is under way at a time: an error that names none means that one.
    const frame = id ?? this.#inFlight;
    if (code === "too_fast") return this.#holdBack(retryAfterMs);
    if (!FINAL_ERRORS.has(code) || this.#link.state !== "online" || !frame) {
      this.#refusal = { code, detail };
      return;
    }
    this.#settled(frame, "failed");
    this.#tell({ type: "refused", code, detail });
  }

  /** The frame stays marked as under way until its time has come, then is sent again. */
  #holdBack(ms: number): void {
    if (!this.#inFlight) return;
    this.#cancelSendTimer();
    this.#cancelSendTimer = this.#world.later(ms, () => {
      this.#inFlight = null;
      this.#pump();
    });
  }
}
