import { element, setText } from "./dom";
import { answerIn, attributesOf, problemWith } from "./fields";
import { icon } from "./icons";
import type { FormField } from "./protocol";
import type { Ask } from "./questions";
import type { Strings } from "./strings";

const TICK = "M5 12.5l4.5 4.5L19 7.5";
const NEXT = "M5 12h13M12.5 6.5L18 12l-5.5 5.5";

type FormAsk = Extract<Ask, { type: "form" }>;
type Control = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;

/** A form, one field at a time: what is filled in has a tick, the next field stands below it. */
export class FormView {
  readonly element = element("form", { class: "ask form", attributes: { novalidate: "" } });
  readonly #strings: Strings;
  readonly #save: (name: string, value: string | number) => void;
  readonly #done = element("ul", { class: "filled" });
  readonly #problem: HTMLElement;
  #shown = "";
  #field: FormField | null = null;
  #control: Control | null = null;

  constructor(ask: FormAsk, strings: Strings, save: (name: string, value: string | number) => void) {
    this.#strings = strings;
    this.#save = save;
    const id = `problem.${ask.message}`;
    this.#problem = element("p", { class: "problem", attributes: { id, role: "alert" } });
    this.element.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit();
    });
    this.update(ask);
  }

  /** Redraws only when another field is next: what is being typed stays. */
  update(ask: FormAsk): void {
    const shown = `${ask.next?.name ?? ""} ${JSON.stringify(ask.values)}`;
    if (shown === this.#shown) return;
    this.#shown = shown;
    const hadFocus = this.element.matches(":focus-within");
    this.#done.replaceChildren(...ask.fields.filter(({ name }) => name in ask.values).map((field) => this.#row(ask, field)));
    this.#field = ask.next;
    this.#control = ask.next && this.#controlOf(ask.next, ask);
    const entry = this.#control ? [this.#entry(ask, this.#control)] : [];
    this.element.replaceChildren(this.#done, ...entry);
    this.#say("");
    if (hadFocus) this.#control?.focus({ preventScroll: true });
  }

  #row(ask: FormAsk, field: FormField): HTMLElement {
    return element(
      "li",
      {},
      icon(TICK),
      element("span", { class: "hidden", text: this.#strings.saved }),
      element("span", { class: "name", text: field.label }),
      element("span", { class: "value", text: String(ask.values[field.name] ?? "") }),
    );
  }

  #entry(ask: FormAsk, control: Control): HTMLElement {
    const [place, count] = [ask.fields.findIndex((field) => field === ask.next) + 1, ask.fields.length];
    const { label } = ask.fields[place - 1] ?? { label: "" };
    control.ariaLabel = this.#strings.step(label, place, count);
    const save = element("button", { class: "send", attributes: { "aria-label": this.#strings.save } });
    save.append(icon(place === count ? TICK : NEXT));
    const name = element("span", { class: "name", text: label });
    const counter = element("span", { class: "count", text: `${place}/${count}` });
    const head = element("div", { class: "head", attributes: { "aria-hidden": "true" } }, name, counter);
    return element("div", {}, head, element("div", { class: "entry" }, control, save), this.#problem);
  }

  #controlOf(field: FormField, ask: FormAsk): Control {
    const attributes = { ...attributesOf(field), "aria-describedby": `problem.${ask.message}`, "aria-required": "true" };
    const control =
      field.type === "select"
        ? this.#select(field, attributes)
        : element(field.type === "long_text" ? "textarea" : "input", { attributes });
    control.addEventListener("input", () => this.#say(""));
    return control;
  }

  #select({ options = [] }: FormField, attributes: Record<string, string>): HTMLSelectElement {
    const empty = element("option", { text: this.#strings.pick, attributes: { value: "" } });
    const choices = options.map((option) => element("option", { text: option, attributes: { value: option } }));
    return element("select", { attributes }, empty, ...choices);
  }

  #submit(): void {
    if (!this.#field || !this.#control) return;
    const problem = problemWith(this.#field, this.#control.value);
    if (!problem) return this.#save(this.#field.name, answerIn(this.#field, this.#control.value));
    this.#say(this.#strings.problems[problem]);
    this.#control.focus({ preventScroll: true });
  }

  #say(problem: string): void {
    setText(this.#problem, problem);
    if (this.#control) this.#control.ariaInvalid = String(problem !== "");
  }
}
