import { parseHistory } from "./protocol";
import type { Session } from "./session";

const PAGE = 50;

/** Fetches the page of messages before the oldest one here; nothing changes when the gateway cannot be reached. */
export async function fetchOlder(base: string, session: Session): Promise<void> {
  const { oldest } = session.timeline;
  const { visitor, token } = session;
  if (!oldest || !visitor || !token) return;
  const address = new URL(`v1/visitors/${visitor}/messages?before=${oldest.seq}&limit=${PAGE}`, base);
  try {
    const answer = await fetch(address, { headers: { Authorization: `Bearer ${token}` }, credentials: "omit" });
    const page = answer.ok ? parseHistory(await answer.json()) : null;
    if (page && session.visitor === visitor) session.takeOlder(page.messages, page.more);
  } catch {
    // Offline: the button stays, and the visitor presses it again.
  }
}
