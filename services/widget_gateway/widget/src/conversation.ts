import { Blocks } from "./blocks";
import { element, setText } from "./dom";
import type { Line } from "./lines";
import { Row } from "./row";
import type { AskEvents, RowEvents } from "./row";
import type { Strings } from "./strings";

const NEAR_PX = 80;
const OLDER_PX = 240;
/** Above as many lines at once a history is shown: nothing moves in, nothing is read out. */
const FEW = 3;
/** Lines from which on the browser leaves out what nobody sees. */
const LONG = 500;
const QUIET_MS = 1_000;

/** Where the list is in its window: at its end, or held by the element that is looked at. */
type Hold = { readonly at: "end" } | { readonly at: Element; readonly top: number };

/** The list of messages. Elements live as long as their line does, so only what is new is read out. */
export class Conversation {
  readonly element: HTMLElement;
  readonly #list = new Blocks();
  readonly #strings: Strings;
  readonly #events: RowEvents;
  readonly #rows = new Map<string, Row>();
  readonly #days = new Map<string, { element: HTMLElement; at: Date }>();
  readonly #clock: Intl.DateTimeFormat;
  readonly #date: Intl.DateTimeFormat;
  readonly #relative: Intl.RelativeTimeFormat;
  readonly #nearTop: () => void;
  #isAtEnd = true;
  #today = 0;
  #quietTimer = 0;

  /** `older` is called when the visitor comes near the beginning. */
  constructor(strings: Strings, locale: string, intro: readonly Node[], events: AskEvents, older: () => void) {
    this.#strings = strings;
    this.#events = { ...events, leave: () => this.element.focus({ preventScroll: true }) };
    this.#clock = new Intl.DateTimeFormat(locale, { hour: "2-digit", minute: "2-digit" });
    this.#date = new Intl.DateTimeFormat(locale, { month: "long", day: "numeric", weekday: "short" });
    this.#relative = new Intl.RelativeTimeFormat(locale, { numeric: "auto" });
    this.element = element(
      "div",
      {
        class: "conversation",
        attributes: { role: "log", "aria-live": "polite", "aria-label": strings.messages, tabindex: "0" },
      },
      ...intro,
      this.#list.element,
    );
    this.#nearTop = () => void (this.element.scrollTop < OLDER_PX && older());
    this.element.addEventListener("scroll", () => this.#scrolled(), { passive: true });
    // What was not drawn yet had a guessed height: who is at the end stays there when the guess is made good.
    const settled = new ResizeObserver(() => this.#isAtEnd && this.#keep({ at: "end" }));
    settled.observe(this.#list.element);
    settled.observe(this.element);
  }

  render(lines: readonly Line[]): void {
    const hold = this.#hold();
    const { last } = this.#list;
    const added = lines.filter(({ key }) => !this.#rows.has(key) && !this.#days.has(key)).length;
    if (added > FEW) {
      this.#hush();
      // Who stands at the top and was given a page stands there still, if it was a small one.
      requestAnimationFrame(this.#nearTop);
    }
    this.#forget(new Set(lines.map(({ key }) => key)));
    let place = this.#list.first;
    let previous: Element | null = null;
    for (const line of lines) {
      const row = this.#elementOf(line);
      if (row === place) place = this.#list.after(row);
      else this.#list.put(row, previous);
      if (added <= FEW && row !== last && row === this.#list.last) row.dataset["new"] = "";
      previous = row;
    }
    this.#list.element.classList.toggle("long", lines.length > LONG);
    this.#tellDays();
    this.#keep(isOwn(lines[lines.length - 1]) && last !== this.#list.last ? { at: "end" } : hold);
  }

  scrollToEnd(): void {
    this.#keep({ at: "end" });
  }

  #scrolled(): void {
    const { scrollHeight, scrollTop, clientHeight } = this.element;
    this.#isAtEnd = scrollHeight - scrollTop - clientHeight < NEAR_PX;
    this.#nearTop();
  }

  #hold(): Hold {
    const { last } = this.#list;
    return !last || this.#isAtEnd ? { at: "end" } : { at: last, top: last.getBoundingClientRect().top };
  }

  /** What the visitor looks at stays where it is, whatever was put above it. */
  #keep(hold: Hold): void {
    if (hold.at === "end") {
      this.#isAtEnd = true;
      this.element.scrollTop = this.element.scrollHeight;
    } else if (hold.at.isConnected) {
      const moved = hold.at.getBoundingClientRect().top - hold.top;
      if (moved) this.element.scrollTop += moved;
    }
  }

  /** Old messages are no news. */
  #hush(): void {
    clearTimeout(this.#quietTimer);
    this.element.ariaLive = "off";
    this.#quietTimer = window.setTimeout(() => (this.element.ariaLive = "polite"), QUIET_MS);
  }

  #forget(kept: ReadonlySet<string>): void {
    for (const known of [this.#rows, this.#days]) {
      for (const [key, { element }] of known) {
        if (kept.has(key)) continue;
        this.#list.remove(element);
        known.delete(key);
      }
    }
  }

  #elementOf(line: Line): HTMLElement {
    if (line.type === "day") return this.#dayOf(line);
    const known = this.#rows.get(line.key);
    if (!known) {
      const row = new Row(line, this.#strings, this.#clock, this.#events);
      this.#rows.set(line.key, row);
      return row.element;
    }
    known.show(line);
    return known.element;
  }

  #dayOf({ key, at }: Extract<Line, { type: "day" }>): HTMLElement {
    const known = this.#days.get(key) ?? { element: element("li", { class: "day", text: this.#dayName(at) }), at };
    this.#days.set(key, known);
    return known.element;
  }

  /** At midnight today becomes yesterday. */
  #tellDays(): void {
    const today = midnight(new Date());
    if (today === this.#today) return;
    this.#today = today;
    for (const { element, at } of this.#days.values()) setText(element, this.#dayName(at));
  }

  #dayName(at: Date): string {
    const days = Math.round((midnight(at) - midnight(new Date())) / 86_400_000);
    return days > -2 ? this.#relative.format(days, "day") : this.#date.format(at);
  }
}

function isOwn(line: Line | undefined): boolean {
  return line?.type === "bubble" && line.state !== "stored";
}

function midnight(date: Date): number {
  return new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();
}
