/** The time of day, with the date in front of it when it was not today. */
export function timeOf(at: string, locale: string, now: Date): string {
  const date = new Date(at);
  const isToday = date.toDateString() === now.toDateString();
  const day: Intl.DateTimeFormatOptions = isToday ? {} : { month: "short", day: "numeric" };
  const time: Intl.DateTimeFormatOptions = { hour: "2-digit", minute: "2-digit", second: "2-digit", hour12: false };
  return new Intl.DateTimeFormat(locale, { ...day, ...time }).format(date);
}

/** How long after `since` it was: `+12 ms`, `+3.4 s`, `+2 min`. */
export function offset(since: string, at: string): string {
  const ms = Math.max(0, Date.parse(at) - Date.parse(since));
  if (ms < 1000) return `+${Math.round(ms)} ms`;
  if (ms < 60_000) return `+${(ms / 1000).toFixed(1)} s`;
  return `+${Math.round(ms / 60_000)} min`;
}

/** An id as people compare it: its beginning and its end. */
export function shortId(id: string): string {
  return id.length > 14 ? `${id.slice(0, 6)}…${id.slice(-4)}` : id;
}

/** A fact's value on one line; an empty list is said to be empty. */
export function factValue(value: unknown): string {
  if (Array.isArray(value)) return value.length ? value.map(factValue).join(", ") : "∅";
  return typeof value === "string" ? value : JSON.stringify(value);
}
