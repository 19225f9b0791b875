/**
 * Messages that ask, and what is still open about them. Nothing of it is state of its own: a choice is a later message of
 * the visitor, what was filled in lies in the browser's storage, and time closes the rest.
 */

import type { PendingMessage } from "./pending";
import type { Form, FormField, Message, QuickReplies, Survey, Values } from "./protocol";

/** What a message asks for now. A form that is over stays as what was filled in. */
export type Ask =
  | {
      readonly type: "choices";
      readonly message: string;
      readonly isSurvey: boolean;
      readonly choices: readonly string[];
    }
  | {
      readonly type: "form";
      readonly message: string;
      readonly fields: readonly FormField[];
      readonly values: Values;
      /** The field to fill in next; null when all are, or time is up. */
      readonly next: FormField | null;
    };

export interface Questions {
  /** By the message's id. */
  readonly asks: ReadonlyMap<string, Ask>;
  /** How the visitor has to answer before anything else can be written. */
  readonly lock: Ask["type"] | null;
  /** When the next one expires, by the server's clock; null: none will. */
  readonly expires: number | null;
}

/** `filled` gives what was filled in of a message's form so far; `now` is the server's clock, in ms. */
export function questionsIn(
  messages: readonly Message[],
  pending: readonly PendingMessage[],
  filled: (message: string) => Values,
  now: number,
): Questions {
  const said = new Set(pending.filter(({ state }) => state !== "failed").map(({ text }) => text));
  const asks = new Map<string, Ask>();
  let lock: Questions["lock"] = null;
  let expires: number | null = null;
  for (const { id, author, body } of [...messages].reverse()) {
    if (author.kind === "visitor") said.add(body.text);
    if (author.kind === "visitor" || body.kind === "text") continue;
    const until = Date.parse(body.until);
    const isOpen = until > now;
    const ask = body.kind === "form" ? formOf(id, body, filled(id), isOpen) : choicesOf(id, body, said, isOpen);
    if (!ask) continue;
    asks.set(id, ask);
    if (ask.type === "form" && !ask.next) continue;
    if (body.lock_input) lock ??= ask.type;
    expires = Math.min(expires ?? until, until);
  }
  return { asks, lock, expires };
}

/** Quick replies are over with whatever the visitor writes next, a survey only with one of its answers. */
function choicesOf(
  message: string,
  { kind, choices }: QuickReplies | Survey,
  said: ReadonlySet<string>,
  isOpen: boolean,
): Ask | null {
  const isSurvey = kind === "survey";
  const isOver = isSurvey ? choices.some((choice) => said.has(choice)) : said.size > 0;
  return isOver || !isOpen ? null : { type: "choices", message, isSurvey, choices };
}

function formOf(message: string, { fields }: Form, values: Values, isOpen: boolean): Ask | null {
  const left = fields.find(({ name }) => !(name in values));
  if (!isOpen && !fields.some(({ name }) => name in values)) return null;
  return { type: "form", message, fields, values, next: isOpen ? (left ?? null) : null };
}
