import { element } from "./dom";
import { icon } from "./icons";
import { MAX_TEXT_CHARACTERS } from "./protocol";
import type { Store } from "./store";
import type { Strings } from "./strings";

const SEND = "M12 19V5.5M6 11l6-6 6 6";
const MAX_HEIGHT_PX = 132;

export interface ComposerEvents {
  /** False leaves the text where it is. */
  send(text: string): boolean;
  typing(): void;
}

/** The input: Enter sends, Shift+Enter begins a line, and what was typed is kept until it is sent. */
export class Composer {
  readonly element: HTMLFormElement;
  readonly #input: HTMLTextAreaElement;
  readonly #button: HTMLButtonElement;
  readonly #events: ComposerEvents;
  readonly #store: Store;
  readonly #draft: string;
  readonly #strings: Strings;

  constructor(strings: Strings, store: Store, team: string, events: ComposerEvents) {
    this.#events = events;
    this.#strings = strings;
    this.#store = store;
    this.#draft = `frontdesk.${team}.draft`;
    this.#input = element("textarea", {
      attributes: {
        rows: "1",
        maxlength: String(MAX_TEXT_CHARACTERS),
        placeholder: strings.write,
        "aria-label": strings.write,
        enterkeyhint: "send",
      },
    });
    this.#input.value = store.get(this.#draft) ?? "";
    this.#button = element("button", { class: "send", attributes: { "aria-label": strings.send } }, icon(SEND));
    this.element = element("form", { class: "composer" }, this.#input, this.#button);
    this.element.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#send();
    });
    this.#input.addEventListener("keydown", (event) => this.#pressed(event));
    this.#input.addEventListener("input", () => this.#edited());
    this.fit();
  }

  get isLocked(): boolean {
    return this.#input.disabled;
  }

  focus(): void {
    this.#input.focus({ preventScroll: true });
  }

  /** Closes it with a hint at what is to be done instead; null opens it again, with what was being written. */
  lock(hint: string | null): void {
    if (this.isLocked === (hint !== null)) return;
    this.#input.disabled = hint !== null;
    this.#input.placeholder = hint ?? this.#strings.write;
    this.#input.value = hint === null ? (this.#store.get(this.#draft) ?? "") : "";
    this.element.classList.toggle("locked", hint !== null);
    this.fit();
  }

  /** Grows with its text, up to a few lines. */
  fit(): void {
    this.#button.disabled = this.#input.value.trim() === "";
    this.#input.style.height = "auto";
    this.#input.style.height = `${Math.min(this.#input.scrollHeight, MAX_HEIGHT_PX)}px`;
  }

  #pressed(event: KeyboardEvent): void {
    // An input method uses Enter to choose a word: that one is not meant for us.
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    this.#send();
  }

  #edited(): void {
    this.#store.set(this.#draft, this.#input.value);
    this.#events.typing();
    this.fit();
  }

  #send(): void {
    if (!this.#events.send(this.#input.value)) return;
    this.#input.value = "";
    this.#store.remove(this.#draft);
    this.fit();
    this.focus();
  }
}
