import { choiceButtons } from "./choices";
import { element, setText } from "./dom";
import { FormView } from "./form";
import { icon } from "./icons";
import type { Line } from "./lines";
import type { Ask } from "./questions";
import type { Strings } from "./strings";

const ROBOT = "M8 9h8a3 3 0 0 1 3 3v3a3 3 0 0 1-3 3H8a3 3 0 0 1-3-3v-3a3 3 0 0 1 3-3ZM12 9V5.6M9.5 13v1M14.5 13v1";
const PERSON = "M12 12a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7ZM5.5 19.2c.9-3 3.4-4.7 6.5-4.7s5.6 1.7 6.5 4.7";
const NEAR_PX = 80;

type Bubble = Extract<Line, { type: "bubble" }>;

export interface AskEvents {
  choose(message: string, choice: string): void;
  fill(message: string, name: string, value: string | number): void;
}

/** What stands below a bubble; an update keeps what the visitor is at. */
interface AskView {
  readonly element: HTMLElement;
  update?(ask: Ask): void;
}

/** The list of messages. Elements live as long as their line does, so only what is new is read out. */
export class Conversation {
  readonly element: HTMLElement;
  readonly #list: HTMLElement;
  readonly #strings: Strings;
  readonly #events: AskEvents;
  readonly #asks = new Map<string, AskView>();
  readonly #rows = new Map<string, HTMLElement>();
  readonly #clock: Intl.DateTimeFormat;
  readonly #date: Intl.DateTimeFormat;
  readonly #relative: Intl.RelativeTimeFormat;

  constructor(strings: Strings, locale: string, intro: readonly Node[], events: AskEvents) {
    this.#strings = strings;
    this.#events = events;
    this.#clock = new Intl.DateTimeFormat(locale, { hour: "2-digit", minute: "2-digit" });
    this.#date = new Intl.DateTimeFormat(locale, { month: "long", day: "numeric", weekday: "short" });
    this.#relative = new Intl.RelativeTimeFormat(locale, { numeric: "auto" });
    this.#list = element("ol", { class: "lines" });
    this.element = element(
      "div",
      {
        class: "conversation",
        attributes: { role: "log", "aria-live": "polite", "aria-label": strings.messages, tabindex: "0" },
      },
      ...intro,
      this.#list,
    );
  }

  render(lines: readonly Line[]): void {
    const wasNear = this.#isNearEnd();
    const before = this.#list.lastElementChild;
    this.#forget(new Set(lines.map((line) => line.key)));
    let place: Element | null = this.#list.firstElementChild;
    for (const line of lines) {
      const row = this.#rows.get(line.key) ?? this.#create(line);
      if (row === place) place = row.nextElementSibling;
      else this.#list.insertBefore(row, place);
      if (line.type === "bubble") this.#update(row, line);
    }
    const last = lines[lines.length - 1];
    const isOwn = last?.type === "bubble" && last.state !== "stored" && before !== this.#list.lastElementChild;
    if (wasNear || isOwn) this.scrollToEnd();
  }

  scrollToEnd(): void {
    this.element.scrollTop = this.element.scrollHeight;
  }

  #isNearEnd(): boolean {
    const { scrollHeight, scrollTop, clientHeight } = this.element;
    return scrollHeight - scrollTop - clientHeight < NEAR_PX;
  }

  #forget(kept: ReadonlySet<string>): void {
    for (const [key, row] of this.#rows) {
      if (kept.has(key)) continue;
      row.remove();
      this.#rows.delete(key);
      this.#asks.delete(key);
    }
  }

  #create(line: Line): HTMLElement {
    const row = line.type === "day" ? this.#day(line.at) : this.#bubble(line);
    this.#rows.set(line.key, row);
    return row;
  }

  #day(at: Date): HTMLElement {
    const days = Math.round((midnight(at) - midnight(new Date())) / 86_400_000);
    const text = days > -2 ? this.#relative.format(days, "day") : this.#date.format(at);
    return element("li", { class: "day", text });
  }

  #bubble(line: Bubble): HTMLElement {
    const who = line.name || this.#strings[line.side === "visitor" ? "you" : line.side];
    const children: Node[] = [];
    if (line.side !== "visitor") children.push(avatarOf(line.side, line.avatar));
    const bubble = element(
      "div",
      { class: "bubble" },
      element("span", { class: "hidden", text: `${who}: ` }),
      element("span", { class: "text", text: line.text }),
    );
    children.push(element("div", { class: "column" }, bubble, element("small", { class: "note" })));
    return element("li", {}, ...children);
  }

  #update(row: HTMLElement, line: Bubble): void {
    row.className = `row ${line.side} ${line.state}${line.isFirst ? " first" : ""}${line.isLast ? " last" : ""}`;
    this.#ask(row, line);
    const note = row.querySelector<HTMLElement>(".note");
    if (note) setText(note, this.#note(line));
  }

  #ask(row: HTMLElement, { key, ask }: Bubble): void {
    const view = this.#asks.get(key);
    row.classList.toggle("asks", ask !== null);
    if (view && ask) return view.update?.(ask);
    if (ask) {
      const made = this.#viewOf(ask);
      this.#asks.set(key, made);
      row.querySelector(".bubble")?.after(made.element);
    } else if (view) {
      // The focus must not fall out of the window with what had it.
      if (view.element.matches(":focus-within")) this.element.focus({ preventScroll: true });
      view.element.remove();
      this.#asks.delete(key);
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

  #note(line: Bubble): string {
    if (line.state === "failed") return this.#strings.failed;
    if (line.state === "sending") return this.#strings.sending;
    return line.at && line.isLast ? this.#clock.format(line.at) : "";
  }
}

/** A picture of who speaks; an address that cannot be shown gives way to the drawing. */
export function avatarOf(kind: "robot" | "agent", address: string): HTMLElement {
  const circle = element("span", { class: "avatar", attributes: { "aria-hidden": "true" } });
  circle.append(icon(kind === "robot" ? ROBOT : PERSON));
  if (/^https?:/.test(address)) {
    const picture = element("img", { attributes: { src: address, alt: "", referrerpolicy: "no-referrer" } });
    picture.addEventListener("error", () => picture.remove());
    circle.append(picture);
  }
  return circle;
}

function midnight(date: Date): number {
  return new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();
}
