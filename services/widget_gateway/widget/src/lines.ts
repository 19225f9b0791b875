import type { Message } from "./protocol";
import type { Ask } from "./questions";
import type { PendingMessage, PendingState } from "./pending";

const GROUP_MS = 5 * 60_000;

/** What the conversation shows, top to bottom. A key is one element for as long as it is there. */
export type Line =
  | { readonly type: "day"; readonly key: string; readonly at: Date }
  | {
      readonly type: "bubble";
      /** An own message keeps its key when it turns from pending to stored. */
      readonly key: string;
      readonly side: "visitor" | "robot" | "agent";
      readonly name: string;
      readonly avatar: string;
      readonly text: string;
      readonly at: Date | null;
      /** The same for all of one day; empty when it is on its way. */
      readonly day: string;
      readonly state: PendingState | "stored";
      /** What stands below it, to be answered. */
      readonly ask: Ask | null;
      readonly isFirst: boolean;
      readonly isLast: boolean;
      /** Whether it is the newest own message that an agent has read. */
      readonly isRead: boolean;
    };

type Bubble = Extract<Line, { type: "bubble" }>;

/** What was last shown of a message: a history of thousands is not made anew for each that comes. */
const shown = new WeakMap<Message, Bubble>();

/**
 * Messages by day, each author's in groups, and after them what is still on its way. A line that has not changed is the
 * same object as before. `readUpTo` is the place up to which an agent has read, 0 for none.
 */
export function linesOf(
  messages: readonly Message[],
  pending: readonly PendingMessage[],
  asks: ReadonlyMap<string, Ask> = new Map(),
  readUpTo = 0,
): Line[] {
  const read = readUpTo ? messages.findLast(({ seq, author }) => author.kind === "visitor" && seq <= readUpTo) : undefined;
  const bubbles = [...messages.map((message) => shown.get(message) ?? stored(message)), ...pending.map(unstored)];
  const lines: Line[] = [];
  const days = new Set<string>();
  bubbles.forEach((bubble, place) => {
    if (bubble.at && !days.has(bubble.day)) {
      days.add(bubble.day);
      lines.push({ type: "day", key: `day.${bubble.day}`, at: bubble.at });
    }
    const message = messages[place];
    const next = bubbles[place + 1];
    const line = changed(bubble, {
      ask: (message && asks.get(message.id)) ?? null,
      isFirst: !continues(bubbles[place - 1], bubble),
      isLast: !next || !continues(bubble, next),
      isRead: message !== undefined && message === read,
    });
    if (message) shown.set(message, line);
    lines.push(line);
  });
  return lines;
}

function changed(bubble: Bubble, place: Pick<Bubble, "ask" | "isFirst" | "isLast" | "isRead">): Bubble {
  const isSame =
    bubble.ask === place.ask &&
    bubble.isFirst === place.isFirst &&
    bubble.isLast === place.isLast &&
    bubble.isRead === place.isRead;
  return isSame ? bubble : { ...bubble, ...place };
}

function stored(message: Message): Bubble {
  const { author } = message;
  const at = new Date(message.at);
  return {
    type: "bubble",
    key: message.frame ? `frame.${message.frame}` : `id.${message.id}`,
    side: author.kind,
    name: author.name ?? "",
    avatar: author.avatar ?? "",
    text: message.body.text,
    at,
    day: at.toDateString(),
    state: "stored",
    ask: null,
    isFirst: true,
    isLast: true,
    isRead: false,
  };
}

function unstored(message: PendingMessage): Bubble {
  const { frame, text, state } = message;
  return {
    type: "bubble",
    key: `frame.${frame}`,
    side: "visitor",
    name: "",
    avatar: "",
    text,
    at: null,
    day: "",
    state,
    ask: null,
    isFirst: true,
    isLast: true,
    isRead: false,
  };
}

function continues(before: Bubble | undefined, bubble: Bubble): boolean {
  if (!before || before.side !== bubble.side || before.name !== bubble.name) return false;
  if (!before.at || !bubble.at) return true;
  return before.day === bubble.day && bubble.at.getTime() - before.at.getTime() < GROUP_MS;
}
