/** How far back one can look. */
export const SINCE = ["1h", "24h", "7d"] as const;
export type Since = (typeof SINCE)[number];

const SECONDS: Readonly<Record<Since, number>> = { "1h": 3_600, "24h": 86_400, "7d": 604_800 };

/** The span that an address asks for; a day without one. */
export function since(search: string): Since {
  const asked = new URLSearchParams(search).get("since");
  return SINCE.find((each) => each === asked) ?? "24h";
}

/** When a span began that ends now (ms). */
export function beginning(span: Since, now: number): string {
  return new Date(now - SECONDS[span] * 1_000).toISOString();
}
