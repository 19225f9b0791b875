import { avatarOf } from "./avatar";
import { element } from "./dom";
import { CROSS, icon } from "./icons";
import type { Message } from "./protocol";
import type { Strings } from "./strings";

export interface PeekEvents {
  open(): void;
}

/** The bubble beside the launcher: the newest message that came while the window was closed, until it is dismissed. */
export class Peek {
  readonly element: HTMLElement;
  readonly #strings: Strings;
  readonly #events: PeekEvents;
  #shown: string | null = null;
  #dismissed: string | null = null;

  constructor(strings: Strings, events: PeekEvents) {
    this.#strings = strings;
    this.#events = events;
    this.element = element("div", { class: "peek", attributes: { role: "status" } });
    this.element.hidden = true;
  }

  /** Null hides it. */
  render(message: Message | null): void {
    const wanted = message && message.id !== this.#dismissed ? message : null;
    if (wanted?.id === this.#shown) return;
    this.#shown = wanted?.id ?? null;
    this.element.hidden = !wanted;
    this.element.replaceChildren(...(wanted ? this.#content(wanted) : []));
  }

  #content(message: Message): Node[] {
    const { author, body } = message;
    const show = element(
      "button",
      { class: "said", attributes: { type: "button" }, onClick: () => this.#events.open() },
      avatarOf(author.kind === "agent" ? "agent" : "robot", author.avatar ?? ""),
      element("span", { class: "text", text: body.text }),
    );
    const dismiss = element(
      "button",
      {
        class: "dismiss",
        attributes: { type: "button", "aria-label": this.#strings.dismiss },
        onClick: () => {
          this.#dismissed = message.id;
          this.render(null);
        },
      },
      icon(CROSS),
    );
    return [show, dismiss];
  }
}
