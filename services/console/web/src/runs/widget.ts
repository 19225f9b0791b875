import type { Appearance, FormField, StoredMessage } from "../contract";
import { effectId, effectsOf, type MessageEffect, type RunEvent } from "./events";
import { momentAt } from "./timeline";

export type Author = { readonly kind: "robot" | "agent" | "visitor"; readonly id: string };

/** One message as it stood in the window. */
export type Line = {
  readonly id: string;
  readonly author: Author;
  readonly text: string;
  readonly at: string;
  /** Of this run: posted by it, or what began it or woke it. */
  readonly isOwn: boolean;
  /** Its text was personal and is deleted. */
  readonly isDeleted: boolean;
  /** What was filled in of its form, once it was. */
  readonly filled: Readonly<Record<string, unknown>> | null;
};

/** What the window asked for at that instant. */
export type Ask =
  | { readonly type: "choices"; readonly message: string; readonly choices: readonly string[]; readonly isSurvey: boolean }
  | { readonly type: "form"; readonly message: string; readonly fields: readonly FormField[] };

/** The visitor's window at one instant. */
export type WidgetState = {
  readonly appearance: Appearance;
  readonly lines: readonly Line[];
  readonly ask: Ask | null;
  /** Nothing can be written until the question is answered. */
  readonly isLocked: boolean;
};

/** What stood around a run: the conversation, and how the team has set the window. */
export type Around = {
  readonly said: readonly StoredMessage[];
  readonly looks: Appearance;
  /** By how much the run's clock was put forward, in ms: a what-if may. */
  readonly laterBy: number;
};

type Placed = Line & { readonly order: readonly [time: number, rank: number, seq: number] };

/** The window as it was with event `seq`, told from the run's own effects and from what else was said by then. */
export function widgetAt(events: readonly RunEvent[], seq: number, around: Around): WidgetState {
  const moment = momentAt(events, seq);
  if (!moment) return { appearance: around.looks, lines: [], ask: null, isLocked: false };
  const past = events.filter((event) => event.seq <= moment.event.seq);
  const lines = [...past.flatMap((event) => posted(event, past)), ...heard(past, moment.event, around)].sort(inOrder);
  const asking = moment.event.type === "run.waiting.v1" ? lastMessage(moment.event) : null;
  const ask = asking ? askOf(asking, effectId(moment.event, asking)) : null;
  return { appearance: looksAt(past, around.looks), lines, ask, isLocked: ask !== null && asking?.lock_input === true };
}

function posted(event: RunEvent, past: readonly RunEvent[]): readonly Placed[] {
  return effectsOf(event)
    .filter(isShown)
    .map((effect) => ({
      id: effectId(event, effect),
      author: effect.author === "robot" ? { kind: "robot", id: "" } : { kind: "agent", id: effect.author },
      text: effect.text ?? "",
      at: event.at,
      isOwn: true,
      isDeleted: (effect.text ?? "") === "",
      filled: (effect.form ?? []).length > 0 ? filledAfter(event, past) : null,
      order: [Date.parse(event.at), 2, event.seq + effect.k / 1_000],
    }));
}

/** What others said by then. What woke the run stands where the run took it. */
function heard(past: readonly RunEvent[], now: RunEvent, { said, laterBy }: Around): readonly Placed[] {
  const causes = new Map<string, RunEvent>();
  for (const event of past) if (!causes.has(event.cause)) causes.set(event.cause, event);
  const end = Date.parse(now.at);
  return said.flatMap((message): readonly Placed[] => {
    if (message.run === now.run || (message.kind ?? "message") !== "message") return [];
    const woken = causes.get(message.id);
    const at = woken ? Date.parse(woken.at) : Date.parse(message.at) + laterBy;
    if (at > end) return [];
    return [
      {
        id: message.id,
        author: { kind: message.author_kind, id: message.author },
        text: message.text,
        at: new Date(at).toISOString(),
        isOwn: woken !== undefined,
        isDeleted: message.text === "",
        filled: null,
        order: [at, woken ? 0 : 1, message.seq],
      },
    ];
  });
}

function inOrder(a: Placed, b: Placed): number {
  return a.order[0] - b.order[0] || a.order[1] - b.order[1] || a.order[2] - b.order[2];
}

function isShown(effect: { readonly type: string }): effect is MessageEffect {
  return effect.type === "message_posted" && (effect as MessageEffect).channel !== "email";
}

function lastMessage(event: RunEvent): MessageEffect | null {
  return effectsOf(event).filter(isShown).at(-1) ?? null;
}

function askOf({ quick_replies = [], survey = [], form = [] }: MessageEffect, message: string): Ask | null {
  if (form.length > 0) return { type: "form", message, fields: form };
  const choices = survey.length > 0 ? survey : quick_replies;
  return choices.length > 0 ? { type: "choices", message, choices, isSurvey: survey.length > 0 } : null;
}

/** The answers to the form of a wait, if it ended by them. */
function filledAfter(waiting: RunEvent, past: readonly RunEvent[]): Readonly<Record<string, unknown>> | null {
  const next = past.find(({ seq }) => seq === waiting.seq + 1);
  if (next?.type !== "run.node_completed.v1" || !("form" in (next.facts ?? {}))) return null;
  return next.sets ?? {};
}

function looksAt(past: readonly RunEvent[], looks: Appearance): Appearance {
  return past.flatMap(effectsOf).reduce((found, effect) => {
    if (effect.type !== "appearance_changed") return found;
    const said = Object.entries(effect.appearance ?? {}).filter(([, value]) => value !== null);
    return { ...found, ...Object.fromEntries(said) };
  }, looks);
}
