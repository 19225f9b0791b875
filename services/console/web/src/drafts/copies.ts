import { isTable } from "../graph/definition";

/** What was edited and not yet saved by the service, kept by this browser. */
export type Copy = {
  readonly definition: Readonly<Record<string, unknown>>;
  readonly base: number | null;
  /** The revision of the stored draft that it began from; null: there was none. */
  readonly revision: number | null;
  readonly at: string;
};

/** Where one tab keeps its copy of one person's draft of a flow. Storage may be refused or full: then there is none. */
export class Copies {
  readonly #prefix: string;
  readonly #key: string;

  constructor(person: string, flow: string, tab: string) {
    this.#prefix = `frontdesk.draft ${person} ${flow} `;
    this.#key = this.#prefix + tab;
  }

  keep(copy: Copy): void {
    attempt(() => localStorage.setItem(this.#key, JSON.stringify(copy)));
  }

  drop(): void {
    attempt(() => localStorage.removeItem(this.#key));
  }

  /** This tab's own; else the newest that another tab left, which this one takes over. */
  find(): Copy | null {
    return attempt(() => read(localStorage.getItem(this.#key)) ?? this.#adopted()) ?? null;
  }

  #adopted(): Copy | null {
    const others = Object.keys(localStorage).filter((key) => key.startsWith(this.#prefix));
    const found = others.flatMap((key) => {
      const copy = read(localStorage.getItem(key));
      return copy ? [{ key, copy }] : [];
    });
    const [newest] = found.sort((one, other) => other.copy.at.localeCompare(one.copy.at));
    if (!newest) return null;
    this.keep(newest.copy);
    localStorage.removeItem(newest.key);
    return newest.copy;
  }
}

/** What tells this tab from the others, for as long as it is open. */
export function tabId(): string {
  const fresh = Math.random().toString(36).slice(2, 10);
  return attempt(() => {
    const known = sessionStorage.getItem(TAB);
    if (!known) sessionStorage.setItem(TAB, fresh);
    return known;
  }) ?? fresh;
}

const TAB = "frontdesk.tab";

function read(text: string | null): Copy | null {
  if (text === null) return null;
  const value: unknown = JSON.parse(text);
  if (!isTable(value) || !isTable(value["definition"])) return null;
  return {
    definition: value["definition"],
    base: number(value["base"]),
    revision: number(value["revision"]),
    at: String(value["at"]),
  };
}

function number(value: unknown): number | null {
  return typeof value === "number" ? value : null;
}

function attempt<T>(what: () => T): T | undefined {
  try {
    return what();
  } catch {
    return undefined;
  }
}
