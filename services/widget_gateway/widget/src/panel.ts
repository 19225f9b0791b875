import { hang } from "./backdrop";
import { Composer } from "./composer";
import type { ComposerEvents } from "./composer";
import { avatarOf } from "./avatar";
import { Conversation } from "./conversation";
import { element, setText } from "./dom";
import { facesIn } from "./faces";
import { CROSS, icon } from "./icons";
import { linesOf } from "./lines";
import type { AskEvents } from "./row";
import type { Session } from "./session";
import type { Store } from "./store";
import type { Strings } from "./strings";

const TYPING_MS = 4_000;

export interface PanelEvents extends ComposerEvents, AskEvents {
  close(): void;
  older(): void;
}

/** The window: who is there, what was said, and where to write. */
export class Panel {
  readonly element: HTMLElement;
  readonly #strings: Strings;
  readonly #title = element("h2", { attributes: { id: "title" } });
  readonly #status = element("p", { class: "status" });
  readonly #notice = element("p", { class: "notice", attributes: { role: "status" } });
  readonly #welcome = element("p", { class: "welcome" });
  readonly #typing = element("p", { class: "typing" });
  readonly #faces = element("div", { class: "faces" }, avatarOf("robot", ""));
  readonly #older: HTMLButtonElement;
  readonly #conversation: Conversation;
  readonly #composer: Composer;
  #typingTimer = 0;
  #shownFaces = "";

  constructor(strings: Strings, locale: string, store: Store, team: string, events: PanelEvents) {
    this.#strings = strings;
    this.#older = element("button", {
      class: "older",
      text: strings.older,
      attributes: { type: "button" },
      onClick: () => events.older(),
    });
    const asks: AskEvents = {
      choose: (message, choice) => {
        events.choose(message, choice);
        this.#focus();
      },
      fill: (message, name, value) => {
        events.fill(message, name, value);
        // The last field has taken the focus with it.
        if (!this.#conversation.element.matches(":focus-within")) this.#focus();
      },
    };
    const older = (): void => void (this.#older.hidden || events.older());
    this.#conversation = new Conversation(strings, locale, [this.#older, this.#welcome], asks, older);
    this.#composer = new Composer(strings, store, team, events);
    this.#typing.textContent = strings.typing;
    this.#typing.hidden = true;
    this.element = element(
      "section",
      { class: "panel", attributes: { role: "dialog", "aria-labelledby": "title", id: "panel" } },
      this.#header(events),
      this.#notice,
      this.#conversation.element,
      this.#typing,
      this.#composer.element,
    );
    this.element.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && !event.isComposing) events.close();
    });
  }

  render(session: Session, isLost: boolean): void {
    const { appearance, agentsOnline, state, timeline, pending } = session;
    const strings = this.#strings;
    setText(this.#title, appearance.title || strings.title);
    setText(this.#welcome, appearance.welcome || strings.welcome);
    const presence = agentsOnline ? strings.online : strings.offline;
    const known = session.visitor !== null;
    setText(this.#status, known ? [presence, appearance.reply_time].filter(Boolean).join(" · ") : "");
    this.#status.classList.toggle("online", known && agentsOnline);
    setText(this.#notice, state === "stopped" ? strings.stopped : isLost ? strings.reconnecting : "");
    this.#older.hidden = !session.hasOlder;
    this.#showFaces(session);
    hang(this.#conversation.element, appearance.background ?? "");
    const { asks, lock } = session.questions;
    this.#conversation.render(linesOf(timeline.messages, pending.messages, asks, session.readUpTo));
    this.#composer.lock(lock && strings.locked[lock]);
  }

  opened(): void {
    this.#conversation.scrollToEnd();
    this.#composer.fit();
    this.#focus();
  }

  /** Shows for a moment that somebody writes. */
  showTyping(isOn: boolean): void {
    clearTimeout(this.#typingTimer);
    this.#typing.hidden = !isOn;
    if (isOn) this.#typingTimer = window.setTimeout(() => this.showTyping(false), TYPING_MS);
  }

  /** Where to write, if that is possible: on a touch screen the keyboard would cover what the visitor came to read. */
  #focus(): void {
    if (!this.#composer.isLocked && matchMedia("(pointer: fine)").matches) this.#composer.focus();
    else this.#conversation.element.focus({ preventScroll: true });
  }

  /** Who has answered; the robot, as long as nobody has. */
  #showFaces({ timeline }: Session): void {
    const faces = facesIn(timeline.messages);
    const shown = faces.map(({ id, name, avatar }) => `${id} ${name} ${avatar}`).join();
    if (shown === this.#shownFaces) return;
    this.#shownFaces = shown;
    const circles = faces.map(({ name = "", avatar = "" }) => {
      const circle = avatarOf("agent", avatar);
      circle.title = name;
      return circle;
    });
    this.#faces.replaceChildren(...(circles.length ? circles : [avatarOf("robot", "")]));
  }

  #header(events: PanelEvents): HTMLElement {
    const close = element(
      "button",
      { class: "close", attributes: { type: "button", "aria-label": this.#strings.close }, onClick: events.close },
      icon(CROSS),
    );
    return element(
      "header",
      {},
      this.#faces,
      element("div", { class: "heading" }, this.#title, this.#status),
      close,
    );
  }
}
