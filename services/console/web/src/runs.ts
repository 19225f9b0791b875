import type { Run } from "./api";
import { element } from "./dom";
import { shortId, timeOf } from "./format";
import type { Strings } from "./strings";

/** The list of runs. A run's element stays while the list is refreshed, and so does what was opened in it. */
export class RunList {
  readonly #host: HTMLElement;
  readonly #open: (run: Run, body: HTMLElement) => void;
  readonly #rows = new Map<string, { row: HTMLDetailsElement; shown: string }>();

  constructor(host: HTMLElement, open: (run: Run, body: HTMLElement) => void) {
    this.#host = host;
    this.#open = open;
  }

  render(runs: readonly Run[], strings: Strings, locale: string): void {
    if (!runs.length) return this.#host.replaceChildren(element("p", { class: "empty", text: strings.noRuns }));
    const rows = runs.map((run) => this.#row(run, strings, locale));
    const kept = new Set(runs.map(({ run }) => run));
    for (const id of this.#rows.keys()) if (!kept.has(id)) this.#rows.delete(id);
    this.#place([head(strings), ...rows]);
  }

  /** Only what is not in its place is touched: an element that moves would lose the focus. */
  #place(wanted: readonly HTMLElement[]): void {
    wanted.forEach((row, index) => {
      const there = this.#host.children[index];
      const isHead = index === 0 && there?.classList.contains("heading");
      if (isHead) there?.replaceWith(row);
      else if (there !== row) this.#host.insertBefore(row, there ?? null);
    });
    while (this.#host.children.length > wanted.length) this.#host.lastElementChild?.remove();
  }

  #row(run: Run, strings: Strings, locale: string): HTMLElement {
    const known = this.#rows.get(run.run);
    const shown = JSON.stringify([run, strings.runs]);
    if (known?.shown === shown) return known.row;
    const row = known?.row ?? this.#create(run);
    row.querySelector("summary")?.replaceChildren(...cells(run, strings, locale));
    this.#rows.set(run.run, { row, shown });
    if (row.open) this.#fill(run, row);
    return row;
  }

  #create(run: Run): HTMLDetailsElement {
    const row = element("details", { class: "run" }, element("summary"), element("div", { class: "body" }));
    row.addEventListener("toggle", () => {
      if (row.open) this.#fill(run, row);
    });
    return row;
  }

  #fill(run: Run, row: HTMLElement): void {
    const body = row.querySelector<HTMLElement>(".body");
    if (body) this.#open(run, body);
  }
}

function head(strings: Strings): HTMLElement {
  const names = [strings.time, strings.flow, strings.visitor, strings.status, strings.node];
  return element("div", { class: "heading", attributes: { "aria-hidden": "true" } }, ...names.map((text) => element("span", { text })));
}

function cells(run: Run, strings: Strings, locale: string): HTMLElement[] {
  const time = timeOf(run.started_at, locale, new Date());
  return [
    element("time", { text: time, attributes: { datetime: run.started_at } }),
    element("span", {}, run.flow, element("small", { class: "soft", text: ` v${run.version}` })),
    element("code", { text: shortId(run.visitor), title: run.visitor }),
    element("span", { class: `status ${run.status}`, text: strings.statuses[run.status] ?? run.status }),
    element("span", { class: "soft", text: run.node ?? "" }),
  ];
}
