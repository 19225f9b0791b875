import { element } from "./dom";

/** As many rows lie in one block, which the browser leaves out of layout and paint while nobody sees it. */
const ROWS = 50;

/** The rows in their order, in blocks: to skip each of thousands by itself would cost more than it saves. */
export class Blocks {
  readonly element = element("div", { class: "lines" });

  get first(): Element | null {
    return this.element.firstElementChild?.firstElementChild ?? null;
  }

  get last(): Element | null {
    return this.element.lastElementChild?.lastElementChild ?? null;
  }

  after(row: Element): Element | null {
    return row.nextElementSibling ?? row.parentElement?.nextElementSibling?.firstElementChild ?? null;
  }

  /** Puts a row behind another, or first of all. */
  put(row: Element, previous: Element | null): void {
    const left = row.parentElement;
    const block = previous?.parentElement;
    if (!previous || !block) this.element.prepend(element("ol", {}, row));
    else if (block.childElementCount < ROWS || previous !== block.lastElementChild) previous.after(row);
    else block.after(element("ol", {}, row));
    this.#drop(left);
  }

  remove(row: Element): void {
    const block = row.parentElement;
    row.remove();
    this.#drop(block);
  }

  #drop(block: Element | null): void {
    if (block && !block.firstElementChild) block.remove();
  }
}
