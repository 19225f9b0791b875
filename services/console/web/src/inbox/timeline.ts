import type { StoredMessage } from "../contract";
import type { Outgoing } from "./outgoing";
import { keyOf } from "./window";

/** What stands in a conversation, one below the other. */
export type Item =
  | { readonly type: "day"; readonly key: string; readonly at: string }
  | { readonly type: "unread"; readonly key: string }
  | {
      readonly type: "message";
      readonly key: string;
      readonly message: StoredMessage;
      /** Whether it goes on from the one above: same author, and soon after. */
      readonly isFollowing: boolean;
    }
  | { readonly type: "outgoing"; readonly key: string; readonly outgoing: Outgoing };

const SOON_MS = 3 * 60_000;

/** Days, messages, where the unread ones begin (after `seen`; null: nowhere), and what is on its way. */
export function timeline(
  messages: readonly StoredMessage[],
  outgoing: readonly Outgoing[],
  seen: number | null,
): readonly Item[] {
  const items: Item[] = [];
  let isMarked = seen === null;
  let above: StoredMessage | null = null;
  for (const message of messages) {
    if (above === null || dayOf(above.at) !== dayOf(message.at)) {
      items.push({ type: "day", key: `day ${dayOf(message.at)}`, at: message.at });
      above = null;
    }
    if (!isMarked && seen !== null && message.seq > seen) {
      isMarked = true;
      items.push({ type: "unread", key: "unread" });
      above = null;
    }
    items.push({ type: "message", key: keyOf(message), message, isFollowing: isFollowing(above, message) });
    above = message;
  }
  const there = new Set(messages.map(keyOf));
  for (const one of outgoing) {
    const key = `${one.kind} ${one.id}`;
    if (!there.has(key)) items.push({ type: "outgoing", key, outgoing: one });
  }
  return items;
}

/** The place before the last so many that an agent should see; null when there are none, or not all of them here. */
export function seenBefore(messages: readonly StoredMessage[], unread: number): number | null {
  const counted = messages.filter(
    ({ kind, author_kind }) => kind === "notice" || (author_kind === "visitor" && (kind ?? "message") === "message"),
  );
  const first = unread > 0 ? counted.at(-unread) : undefined;
  return first ? first.seq - 1 : null;
}

function isFollowing(above: StoredMessage | null, message: StoredMessage): boolean {
  if (above === null) return false;
  const kinds = [above, message].map(({ kind, author_kind, author, run }) =>
    [kind ?? "message", author_kind, author, run ?? ""].join(" "),
  );
  return kinds[0] === kinds[1] && Date.parse(message.at) - Date.parse(above.at) < SOON_MS;
}

/** The day in the browser's zone. */
function dayOf(at: string): string {
  const date = new Date(at);
  return `${date.getFullYear()}-${date.getMonth() + 1}-${date.getDate()}`;
}
