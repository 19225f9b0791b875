import { keep, load } from "./stored";

/** What an agent has chosen in this browser. */
export type Settings = {
  readonly hasSound: boolean;
  readonly hasBadge: boolean;
  /** Away: visitors find nobody here, though the console is open. */
  readonly isAway: boolean;
};

const NAME = "frontdesk.inbox";
const listeners = new Set<() => void>();
let settings: Settings = load(NAME, parse) ?? { hasSound: true, hasBadge: true, isAway: false };

export function currentSettings(): Settings {
  return settings;
}

export function changeSettings(change: Partial<Settings>): void {
  settings = { ...settings, ...change };
  keep(NAME, settings);
  for (const listen of listeners) listen();
}

export function subscribeSettings(listen: () => void): () => void {
  listeners.add(listen);
  return () => void listeners.delete(listen);
}

function parse(value: unknown): Settings | null {
  if (typeof value !== "object" || value === null) return null;
  const { hasSound, hasBadge, isAway } = value as Partial<Record<keyof Settings, unknown>>;
  return { hasSound: hasSound !== false, hasBadge: hasBadge !== false, isAway: isAway === true };
}
