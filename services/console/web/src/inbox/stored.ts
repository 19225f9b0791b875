/** What stands under this name in the browser's storage, as far as `read` understands it; storage may be refused. */
export function load<T>(name: string, read: (value: unknown) => T | null): T | null {
  try {
    const text = localStorage.getItem(name);
    return text === null ? null : read(JSON.parse(text));
  } catch {
    return null;
  }
}

/** Everything that stands under names that begin so. */
export function loadAll<T>(prefix: string, read: (value: unknown) => T | null): readonly T[] {
  try {
    const names = Object.keys(localStorage).filter((name) => name.startsWith(prefix));
    return names.map((name) => load(name, read)).filter((found) => found !== null);
  } catch {
    return [];
  }
}

/** Keep it; null takes it away. */
export function keep(name: string, value: unknown): void {
  try {
    if (value === null) localStorage.removeItem(name);
    else localStorage.setItem(name, JSON.stringify(value));
  } catch {
    // then it lasts as long as the page
  }
}
