import type { RunSummary } from "../contract";
import type { Status } from "./events";

export const STATUSES: readonly Status[] = ["waiting", "running", "completed", "failed", "cancelled"];

/** Lengths of time that can be chosen, in the address as they stand here. */
export const SPANS = { "15m": 900, "1h": 3_600, "24h": 86_400, "7d": 604_800, "30d": 2_592_000 } as const;

/** Which runs to show. An empty text asks for nothing. */
export type Filters = {
  readonly flow: string;
  readonly visitor: string;
  readonly status: Status | "";
  /** `node OUTCOME` that the run took; with a flow only. */
  readonly outcome: string;
  /** A key of `SPANS`, counted back from now, or a time (RFC 3339). */
  readonly since: string;
  /** A time (RFC 3339). */
  readonly until: string;
};

export const NO_FILTERS: Filters = { flow: "", visitor: "", status: "", outcome: "", since: "", until: "" };

/** The query of a request, by name. */
export type Query = Readonly<Record<string, string | null>>;

/** What an address asks for; what makes no sense there is left out. */
export function filtersOf(search: string): Filters {
  const params = new URLSearchParams(search);
  const text = (name: string): string => params.get(name)?.trim() ?? "";
  const flow = text("flow");
  const status = STATUSES.find((each) => each === params.get("status")) ?? "";
  return {
    flow,
    visitor: text("visitor"),
    status,
    outcome: flow === "" ? "" : text("outcome"),
    since: isSpan(text("since")) || isTime(text("since")) ? text("since") : "",
    until: isTime(text("until")) ? text("until") : "",
  };
}

/** The address's query that asks for them, without the question mark; `filtersOf` gives them back. */
export function searchOf(filters: Filters): string {
  const asked = Object.entries(filters).filter(([, value]) => value !== "");
  return new URLSearchParams(asked).toString();
}

/** With one filter changed. What depends on it goes: outcomes belong to a flow. */
export function withFilter<K extends keyof Filters>(filters: Filters, name: K, value: Filters[K]): Filters {
  const changed = { ...filters, [name]: value };
  return name === "flow" ? { ...changed, outcome: "" } : changed;
}

/** What the service is asked; `now` (ms) ends a span that counts back. */
export function queryOf(filters: Filters, now: number): Query {
  const since = sinceOf(filters, now);
  return {
    flow: filters.flow || null,
    visitor: filters.visitor || null,
    status: filters.status || null,
    outcome: filters.outcome || null,
    since: since === null ? null : new Date(since).toISOString(),
    until: filters.until || null,
  };
}

/** Whether a run belongs into the list, as far as its summary can say: outcomes are known to the service only. */
export function matches(filters: Filters, run: RunSummary, now: number): boolean {
  const started = Date.parse(run.started_at);
  const since = sinceOf(filters, now);
  return (
    (filters.flow === "" || run.flow === filters.flow) &&
    (filters.visitor === "" || run.visitor === filters.visitor) &&
    (filters.status === "" || run.status === filters.status) &&
    (since === null || started >= since) &&
    (filters.until === "" || started < Date.parse(filters.until))
  );
}

export function isFiltered(filters: Filters): boolean {
  return searchOf(filters) !== "";
}

export function isSpan(text: string): text is keyof typeof SPANS {
  return Object.hasOwn(SPANS, text);
}

function isTime(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}T/.test(text) && !Number.isNaN(Date.parse(text));
}

function sinceOf({ since }: Filters, now: number): number | null {
  if (since === "") return null;
  return isSpan(since) ? now - SPANS[since] * 1_000 : Date.parse(since);
}
