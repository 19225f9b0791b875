/** A small key-value store that never throws. */
export interface Store {
  get(key: string): string | null;
  set(key: string, value: string): void;
  remove(key: string): void;
  /** Keys that begin with `prefix`, sorted. */
  keys(prefix: string): string[];
}

/** What a page load remembers, and nothing after it. */
export class MemoryStore implements Store {
  readonly #values = new Map<string, string>();

  get(key: string): string | null {
    return this.#values.get(key) ?? null;
  }

  set(key: string, value: string): void {
    this.#values.set(key, value);
  }

  remove(key: string): void {
    this.#values.delete(key);
  }

  keys(prefix: string): string[] {
    return [...this.#values.keys()].filter((key) => key.startsWith(prefix)).sort();
  }
}

/** The browser's storage when the page may use it, else memory: storage may be absent, forbidden or full. */
export function browserStore(): Store {
  try {
    const storage = window.localStorage;
    const probe = "frontdesk.probe";
    storage.setItem(probe, probe);
    storage.removeItem(probe);
    return new LocalStore(storage);
  } catch {
    return new MemoryStore();
  }
}

/** Web storage; what it refuses to take is kept in memory. */
export class LocalStore implements Store {
  readonly #storage: Storage;
  readonly #refused = new MemoryStore();

  constructor(storage: Storage) {
    this.#storage = storage;
  }

  get(key: string): string | null {
    return this.#refused.get(key) ?? this.#attempt(() => this.#storage.getItem(key), null);
  }

  set(key: string, value: string): void {
    const stored = this.#attempt(() => (this.#storage.setItem(key, value), true), false);
    if (stored) this.#refused.remove(key);
    else this.#refused.set(key, value);
  }

  remove(key: string): void {
    this.#refused.remove(key);
    this.#attempt(() => this.#storage.removeItem(key), undefined);
  }

  keys(prefix: string): string[] {
    const stored = this.#attempt(() => Object.keys(this.#storage), []);
    const matching = stored.filter((key) => key.startsWith(prefix));
    return [...new Set([...matching, ...this.#refused.keys(prefix)])].sort();
  }

  #attempt<T>(action: () => T, otherwise: T): T {
    try {
      return action();
    } catch {
      return otherwise;
    }
  }
}
