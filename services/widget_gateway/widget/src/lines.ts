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
      readonly state: PendingState | "stored";
      /** What stands below it, to be answered. */
      readonly ask: Ask | null;
      readonly isFirst: boolean;
      readonly isLast: boolean;
    };

type Bubble = Extract<Line, { type: "bubble" }>;

/** Messages by day, each author's in groups, and after them what is still on its way. */
export function linesOf(
  messages: readonly Message[],
  pending: readonly PendingMessage[],
  asks: ReadonlyMap<string, Ask> = new Map(),
): Line[] {
  const bubbles = [...messages.map((message) => stored(message, asks.get(message.id))), ...pending.map(unstored)];
  const lines: Line[] = [];
  let day = "";
  bubbles.forEach((bubble, place) => {
    const today = bubble.at?.toDateString() ?? day;
    if (bubble.at && today !== day) lines.push({ type: "day", key: `day.${today}`, at: bubble.at });
    day = today;
    const isFirst = !continues(bubbles[place - 1], bubble);
    const next = bubbles[place + 1];
    lines.push({ ...bubble, isFirst, isLast: !next || !continues(bubble, next) });
  });
  return lines;
}

function stored(message: Message, ask: Ask | undefined): Bubble {
  const { author } = message;
  return {
    type: "bubble",
    key: message.frame ? `frame.${message.frame}` : `id.${message.id}`,
    side: author.kind,
    name: author.name ?? "",
    avatar: author.avatar ?? "",
    text: message.body.text,
    at: new Date(message.at),
    state: "stored",
    ask: ask ?? null,
    isFirst: true,
    isLast: true,
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
    state,
    ask: null,
    isFirst: true,
    isLast: true,
  };
}

function continues(before: Bubble | undefined, bubble: Bubble): boolean {
  if (!before || before.side !== bubble.side || before.name !== bubble.name) return false;
  if (!before.at || !bubble.at) return true;
  return (
    bubble.at.getTime() - before.at.getTime() < GROUP_MS && before.at.toDateString() === bubble.at.toDateString()
  );
}
