/** The widget on the page: what the visitor and the page do becomes facts, what the gateway says becomes pictures. */

import { browserWorld, currentPage } from "./browser";
import { textOn } from "./colour";
import type { Command } from "./commands";
import { element, setText } from "./dom";
import { play } from "./effects";
import { Emitter } from "./emitter";
import type { Handoff } from "./handoff";
import { History } from "./history";
import { newId } from "./ids";
import { Panel } from "./panel";
import { Peek } from "./peek";
import { place } from "./placement";
import { MAX_EVENT_DATA_BYTES } from "./protocol";
import { Session } from "./session";
import type { News } from "./session";
import { browserStore } from "./store";
import { stringsFor } from "./strings";
import type { Strings } from "./strings";
import { Unread } from "./unread";

const NOTICE_AFTER_MS = 1_500;
const TYPING_EVERY_MS = 3_000;
const LONGEST_TIMER_MS = 2 ** 31 - 1;

type Track = Extract<Command, { name: "track" }>;
type Setting = Extract<Command, { name: "set" }>;

export class Widget {
  readonly #handoff: Handoff;
  readonly #strings: Strings;
  readonly #session: Session;
  readonly #unread: Unread;
  readonly #panel: Panel;
  readonly #peek: Peek;
  readonly #badge = element("span", { class: "badge", attributes: { "aria-hidden": "true" } });
  readonly #page = new Emitter();
  /** Who wants to know what became of a frame, by its id. */
  readonly #waiting = new Map<string, Setting>();
  #isOpen = false;
  #isLost = false;
  #lostTimer = 0;
  #expiryTimer = 0;
  #effect = "";
  #unreadCount = 0;
  #typedAt = 0;
  #visitor: string | null = null;
  #agentsOnline: boolean | null = null;
  #focused: Element | null = null;

  constructor(handoff: Handoff) {
    const { team, base, root, launcher, locale } = handoff;
    const store = browserStore();
    this.#handoff = handoff;
    this.#strings = stringsFor(locale);
    this.#unread = new Unread(store, team);
    const config = { team, page: currentPage, locale: locale.slice(0, 35) };
    this.#panel = new Panel(this.#strings, locale, store, team, {
      send: (text) => this.#session.say(text),
      typing: () => this.#typing(),
      close: () => this.close(),
      choose: (message, choice) => this.#session.choose(message, choice),
      fill: (message, name, value) => this.#session.fill(message, name, value),
      older: () => void history.older(),
    });
    this.#peek = new Peek(this.#strings, { open: () => this.open() });
    this.#session = new Session(browserWorld(base), store, config, (news) => this.#heard(news));
    const history = new History(base, this.#session);
    launcher.append(this.#badge);
    launcher.setAttribute("aria-controls", "panel");
    place(this.#panel.element, window.ppSettings ?? {});
    root.prepend(this.#panel.element, this.#peek.element);
  }

  /** Begins to speak for the visitor. */
  start(): void {
    this.#followBrowser();
    this.#session.record({ type: "widget_loaded" });
    this.#session.start();
  }

  open(): void {
    if (this.#isOpen) return;
    this.#focused = document.activeElement;
    this.#show(true);
    this.#session.record({ type: "widget_opened" });
    this.#panel.opened();
    this.#page.emit("open", null);
  }

  close(): void {
    if (!this.#isOpen) return;
    this.#show(false);
    this.#session.record({ type: "widget_closed" });
    const { launcher } = this.#handoff;
    const back = launcher.hidden ? this.#focused : launcher;
    if (back instanceof HTMLElement) back.focus({ preventScroll: true });
    this.#page.emit("close", null);
  }

  /** Does what the page asked for. */
  run(command: Command): void {
    switch (command.name) {
      case "open":
        return this.open();
      case "close":
        return this.close();
      case "toggle":
        return this.#isOpen ? this.close() : this.open();
      case "send":
        return void this.#session.say(command.text);
      case "track":
        return this.#track(command);
      case "set":
        return this.#set(command);
      case "identify":
        return this.#session.identify(command.jwt);
      case "on":
        return this.#page.on(command.event, command.listener);
      case "off":
        return this.#page.off(command.event, command.listener);
    }
  }

  #set(command: Setting): void {
    const id = this.#session.record({ type: "profile_updated", fields: command.fields });
    if (command.done || command.failed) this.#waiting.set(id, command);
  }

  #track({ event, data, uuid = newId(), at = Date.now() }: Track): void {
    const size = sizeOf(data);
    if (size > MAX_EVENT_DATA_BYTES) {
      const why = size < Infinity ? `the data has ${size} bytes; at most ${MAX_EVENT_DATA_BYTES} are kept` : "the data is no JSON";
      console.warn(`Frontdesk.track("${event}"): ${why}`);
      return;
    }
    this.#session.record({ type: "event_tracked", event, uuid, data, at: timeOf(at) });
  }

  #heard(news: News): void {
    switch (news.type) {
      case "typing":
        return this.#panel.showTyping(true);
      case "settled":
        return this.#answer(news.id, news.state);
      case "refused":
        console.error(`Frontdesk: ${news.code}: ${news.detail}`);
        return this.#page.emit("error", { code: news.code, detail: news.detail });
      case "arrived":
        if (news.messages.some(({ author }) => author.kind !== "visitor")) this.#panel.showTyping(false);
        this.#render();
        return news.isHistory ? undefined : news.messages.forEach((message) => this.#page.emit("message", message));
      case "changed":
        return this.#render();
    }
  }

  /** Tells who asked what became of a frame. */
  #answer(id: string, state: "sent" | "failed"): void {
    const asked = this.#waiting.get(id);
    this.#waiting.delete(id);
    const answer = state === "sent" ? asked?.done : asked?.failed;
    // What the page does there is not our failure.
    if (answer) queueMicrotask(answer);
  }

  #render(): void {
    const { timeline, visitor } = this.#session;
    this.#noteLoss();
    this.#noteExpiry();
    this.#paint();
    this.#panel.render(this.#session, this.#isLost);
    this.#markRead();
    const unread = this.#unread.in(timeline.messages, visitor);
    this.#peek.render(this.#isOpen ? null : (unread[unread.length - 1] ?? null));
    this.#count(unread.length);
    this.#tellPage();
  }

  #tellPage(): void {
    const { visitor, agentsOnline } = this.#session;
    if (visitor === null) return;
    if (visitor !== this.#visitor) this.#page.settle("ready", { visitor });
    if (agentsOnline !== this.#agentsOnline) this.#page.settle("presence", { agents_online: agentsOnline });
    this.#visitor = visitor;
    this.#agentsOnline = agentsOnline;
  }

  /** A short loss is nobody's business; a longer one is said. */
  #noteLoss(): void {
    const isLost = this.#session.state !== "online";
    if (!isLost) {
      clearTimeout(this.#lostTimer);
      this.#lostTimer = 0;
      this.#isLost = false;
    } else if (!this.#lostTimer) {
      this.#lostTimer = window.setTimeout(() => {
        this.#isLost = true;
        this.#render();
      }, NOTICE_AFTER_MS);
    }
  }

  /** What a question offers goes when its time is up. */
  #noteExpiry(): void {
    clearTimeout(this.#expiryTimer);
    const ms = this.#session.expiresInMs;
    if (ms !== null) this.#expiryTimer = window.setTimeout(() => this.#render(), Math.min(ms, LONGEST_TIMER_MS));
  }

  #paint(): void {
    const { appearance } = this.#session;
    const [colour, effect] = [appearance.colour ?? "", appearance.effect ?? ""];
    if (effect !== this.#effect) play(this.#handoff.launcher, effect);
    this.#effect = effect;
    const text = textOn(colour);
    const host = this.#handoff.root.host;
    if (!(host instanceof HTMLElement) || !text) return;
    host.style.setProperty("--accent", colour);
    host.style.setProperty("--on-accent", text);
  }

  #markRead(): void {
    if (!this.#isOpen || document.visibilityState !== "visible") return;
    const seq = this.#unread.clear(this.#session.timeline.messages, this.#session.visitor);
    if (seq !== null) this.#session.mention({ type: "read", seq });
  }

  #count(unread: number): void {
    setText(this.#badge, unread > 99 ? "99+" : unread ? String(unread) : "");
    const { launcher } = this.#handoff;
    const label = this.#isOpen ? this.#strings.close : this.#strings.open;
    launcher.ariaLabel = unread ? `${label}, ${this.#strings.unread(unread)}` : label;
    if (unread !== this.#unreadCount) this.#page.emit("unread", unread);
    if (unread > this.#unreadCount) play(launcher, this.#effect);
    this.#unreadCount = unread;
  }

  #show(isOpen: boolean): void {
    this.#isOpen = isOpen;
    this.#panel.element.classList.toggle("open", isOpen);
    this.#handoff.launcher.ariaExpanded = String(isOpen);
    this.#render();
  }

  #typing(): void {
    const now = Date.now();
    if (now - this.#typedAt < TYPING_EVERY_MS) return;
    this.#typedAt = now;
    this.#session.mention({ type: "typing" });
  }

  #followBrowser(): void {
    const wake = (): void => this.#session.wake();
    addEventListener("online", wake);
    document.addEventListener("resume", wake);
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState !== "visible") return;
      wake();
      this.#render();
    });
    // What another tab was told or has read counts here too.
    addEventListener("storage", ({ key }) => {
      if (key === null || /^frontdesk\..*\.(token|read)$/.test(key)) this.#session.stored();
    });
    // A page in the back-forward cache may not hold a socket.
    addEventListener("pagehide", () => this.#session.stop());
    addEventListener("pageshow", ({ persisted }) => {
      if (persisted) this.#session.start();
    });
  }
}

/** In bytes as JSON; what is none, for it holds itself or a BigInt, fits nowhere. */
function sizeOf(data: unknown): number {
  try {
    return new TextEncoder().encode(JSON.stringify(data)).length;
  } catch {
    return Infinity;
  }
}

/** As the wire has it; what is no time, or beyond what a Date holds, is now. */
function timeOf(ms: number): string {
  const at = new Date(ms);
  return (Number.isNaN(at.getTime()) ? new Date() : at).toISOString();
}
