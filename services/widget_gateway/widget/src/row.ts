import { choiceButtons } from "./choices";
import { avatarOf } from "./avatar";
import { element, setText } from "./dom";
import { FormView } from "./form";
import type { Line } from "./lines";
import type { Ask } from "./questions";
import type { Strings } from "./strings";

export type Bubble = Extract<Line, { type: "bubble" }>;

export interface AskEvents {
  choose(message: string, choice: string): void;
  fill(message: string, name: string, value: string | number): void;
}

export interface RowEvents extends AskEvents {
  /** What had the focus goes. */
  leave(): void;
}

/** What stands below a bubble; an update keeps what the visitor is at. */
interface AskView {
  readonly element: HTMLElement;
  update?(ask: Ask): void;
}

/** One message: who says it, the bubble, what it asks for, and a note below. */
export class Row {
  readonly element: HTMLElement;
  readonly #strings: Strings;
  readonly #events: RowEvents;
  readonly #clock: Intl.DateTimeFormat;
  readonly #bubble: HTMLElement;
  readonly #note = element("small", { class: "note" });
  #line: Bubble | null = null;
  #ask: AskView | null = null;

  constructor(line: Bubble, strings: Strings, clock: Intl.DateTimeFormat, events: RowEvents) {
    this.#strings = strings;
    this.#events = events;
    this.#clock = clock;
    const who = line.name || strings[line.side === "visitor" ? "you" : line.side];
    this.#bubble = element(
      "div",
      { class: "bubble" },
      element("span", { class: "hidden", text: `${who}: ` }),
      element("span", { class: "text", text: line.text }),
    );
    const column = element("div", { class: "column" }, this.#bubble, this.#note);
    this.element = element("li", {}, ...(line.side === "visitor" ? [] : [avatarOf(line.side, line.avatar)]), column);
    this.show(line);
  }

  show(line: Bubble): void {
    if (line === this.#line) return;
    this.#line = line;
    const marks = [line.isFirst && "first", line.isLast && "last", line.ask && "asks"].filter(Boolean);
    this.element.className = ["row", line.side, line.state, ...marks].join(" ");
    this.#showAsk(line.ask);
    setText(this.#note, this.#noteOf(line));
  }

  #showAsk(ask: Ask | null): void {
    const view = this.#ask;
    if (view && ask) return view.update?.(ask);
    if (ask) {
      this.#ask = this.#viewOf(ask);
      this.#bubble.after(this.#ask.element);
    } else if (view) {
      if (view.element.matches(":focus-within")) this.#events.leave();
      view.element.remove();
      this.#ask = null;
    }
  }

  #viewOf(ask: Ask): AskView {
    const { message } = ask;
    if (ask.type === "choices") {
      return { element: choiceButtons(ask, this.#strings, (choice) => this.#events.choose(message, choice)) };
    }
    const form = new FormView(ask, this.#strings, (name, value) => this.#events.fill(message, name, value));
    return { element: form.element, update: (next) => next.type === "form" && form.update(next) };
  }

  #noteOf(line: Bubble): string {
    if (line.state === "failed") return this.#strings.failed;
    if (line.state === "sending") return this.#strings.sending;
    const time = line.at && line.isLast ? this.#clock.format(line.at) : "";
    return [time, line.isRead && this.#strings.read].filter(Boolean).join(" · ");
  }
}
