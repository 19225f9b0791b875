import type { MessagesPage, StoredMessage } from "../contract";

/** A part of a conversation that is shown: without gaps, in order, and never more than `MOST`. */
export type Window = {
  readonly messages: readonly StoredMessage[];
  readonly hasOlder: boolean;
  /** Whether there are newer ones than the last: then what comes live is not appended. */
  readonly hasNewer: boolean;
};

export const MOST = 400;
export const PAGE = 50;
export const EMPTY: Window = { messages: [], hasOlder: false, hasNewer: false };

/** The newest page, as the whole window. */
export function opened(page: MessagesPage): Window {
  return { messages: page.messages, hasOlder: page.more, hasNewer: false };
}

/** With the page before it; what is too much goes at the other end. */
export function withOlder(window: Window, page: MessagesPage): Window {
  const messages = merged(page.messages, window.messages);
  const kept = messages.slice(0, MOST);
  return { messages: kept, hasOlder: page.more, hasNewer: window.hasNewer || kept.length < messages.length };
}

/** With the page after it; what is too much goes at the other end. */
export function withNewer(window: Window, page: MessagesPage): Window {
  const messages = merged(window.messages, page.messages);
  const kept = messages.slice(-MOST);
  return { messages: kept, hasOlder: window.hasOlder || kept.length < messages.length, hasNewer: page.more };
}

/** With what came live: in its place, once; nothing when the window does not reach the end. */
export function withLive(window: Window, message: StoredMessage): Window {
  if (window.hasNewer) return window;
  return withNewer(window, { messages: [message], more: false });
}

/** By place, each id of a kind once, where it came first. */
function merged(some: readonly StoredMessage[], others: readonly StoredMessage[]): readonly StoredMessage[] {
  const found = new Map<string, StoredMessage>();
  for (const message of [...some, ...others].sort((a, b) => a.seq - b.seq)) {
    const key = keyOf(message);
    if (!found.has(key)) found.set(key, message);
  }
  return [...found.values()];
}

/** What tells a message from all others of its conversation. */
export function keyOf({ kind, id }: StoredMessage): string {
  return `${kind ?? "message"} ${id}`;
}
