const FIRST_MS = 400;
const CAP_MS = 10_000;

/**
 * How long to wait before the next try, `attempt` counting failed ones from 0. The first comes within 400 ms, so that a
 * restart of the gateway is hardly noticed; later ones are spread over half of their time, so that a crowd does not
 * come back at once. `random` is in [0, 1).
 */
export function backoffMs(attempt: number, random: number): number {
  if (attempt === 0) return FIRST_MS * (0.25 + 0.75 * random);
  return Math.min(CAP_MS, FIRST_MS * 2 ** Math.min(attempt, 16)) * (0.5 + 0.5 * random);
}
