/** The frames of either side, and the parser that incoming ones go through once: after it they are trusted. */

import type * as frames from "./frames";

export type { Appearance, Form, FormField, Hello, Message, QuickReplies, Survey, Welcome } from "./frames";

export const SUBPROTOCOL = "frontdesk.v1";
export const MAX_FRAME_BYTES = 16 * 1024;
export const MAX_TEXT_CHARACTERS = 4000;
export const MAX_EVENT_DATA_BYTES = 4 * 1024;

/** What a form holds so far, by field. */
export type Values = frames.FormSubmitted["values"];

/** What the gateway stores and answers with `accepted`. */
export type StoredFrame =
  | frames.WidgetLoaded
  | frames.WidgetOpened
  | frames.WidgetClosed
  | frames.MessageSent
  | frames.EventTracked
  | frames.ProfileUpdated
  | frames.ReplyChosen
  | frames.FormSubmitted;

/** What passes by without an answer. */
export type PassingFrame = frames.Typing | frames.Read;

export type GatewayFrame =
  | frames.Welcome
  | frames.Messages
  | frames.Message
  | frames.Accepted
  | frames.Tick
  | frames.Typing
  | frames.Read
  | frames.Presence
  | frames.AppearanceChanged
  | frames.Error;

type Fields = Readonly<Record<string, unknown>>;

const STORED: ReadonlySet<unknown> = new Set<StoredFrame["type"]>([
  "widget_loaded",
  "widget_opened",
  "widget_closed",
  "message_sent",
  "event_tracked",
  "profile_updated",
  "reply_chosen",
  "form_submitted",
]);

/** The frame in `text`, or null for one that this version does not know or that is malformed. */
export function parseFrame(text: string): GatewayFrame | null {
  const frame = parseObject(text);
  return frame && isGatewayFrame(frame) ? (frame as unknown as GatewayFrame) : null;
}

/** A frame that was kept in storage, or null when it is not one. */
export function parseStored(text: string): StoredFrame | null {
  const frame = parseObject(text);
  return frame && STORED.has(frame["type"]) && isString(frame["id"]) && hasItsFields(frame)
    ? (frame as unknown as StoredFrame)
    : null;
}

/** Answers to a form that were kept in storage, or null when they are none. */
export function parseValues(text: string): Values | null {
  return parseObject(text) as Values | null;
}

/** A page of history, or null when the answer is not one. */
export function parseHistory(value: unknown): Pick<frames.Messages, "messages" | "more"> | null {
  return isFields(value) && areMessages(value["messages"]) && isBoolean(value["more"])
    ? (value as unknown as frames.Messages)
    : null;
}

/** What the widget itself shows of a frame that waits. */
function hasItsFields(frame: Fields): boolean {
  switch (frame["type"]) {
    case "message_sent":
      return isString(frame["text"]);
    case "reply_chosen":
      return isString(frame["message"]) && isString(frame["choice"]);
    case "form_submitted":
      return isString(frame["message"]) && isFields(frame["values"]);
    default:
      return true;
  }
}

function isGatewayFrame(frame: Fields): boolean {
  switch (frame["type"]) {
    case "welcome":
      return (
        isString(frame["visitor"]) &&
        isString(frame["token"]) &&
        isFields(frame["appearance"]) &&
        areMessages(frame["messages"])
      );
    case "messages":
      return areMessages(frame["messages"]) && isBoolean(frame["more"]);
    case "message":
      return isMessage(frame);
    case "accepted":
      return isString(frame["id"]);
    case "read":
      return isNumber(frame["seq"]);
    case "presence":
      return isBoolean(frame["agents_online"]);
    case "appearance":
      return isFields(frame["appearance"]);
    case "error":
      return isString(frame["code"]);
    case "tick":
    case "typing":
      return true;
    default:
      return false;
  }
}

function areMessages(value: unknown): boolean {
  return isArrayOf(value, isMessage);
}

function isMessage(value: unknown): boolean {
  if (!isFields(value) || !isFields(value["author"]) || !isFields(value["body"])) return false;
  return (
    isNumber(value["seq"]) &&
    isString(value["id"]) &&
    isString(value["at"]) &&
    isString(value["author"]["kind"]) &&
    isBody(value["body"])
  );
}

/** A kind that this version does not know is shown by its text. */
function isBody(body: Fields): boolean {
  switch (body["kind"]) {
    case "quick_replies":
    case "survey":
      return isString(body["text"]) && isString(body["until"]) && isArrayOf(body["choices"], isString);
    case "form":
      return isString(body["text"]) && isString(body["until"]) && isArrayOf(body["fields"], isField);
    default:
      return isString(body["text"]);
  }
}

function isField(value: unknown): boolean {
  return (
    isFields(value) &&
    isString(value["name"]) &&
    isString(value["label"]) &&
    isArrayOf(value["options"] ?? [], isString)
  );
}

function isArrayOf(value: unknown, is: (item: unknown) => boolean): boolean {
  return Array.isArray(value) && value.every(is);
}

function parseObject(text: string): Fields | null {
  try {
    const value: unknown = JSON.parse(text);
    return isFields(value) ? value : null;
  } catch {
    return null;
  }
}

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isString(value: unknown): value is string {
  return typeof value === "string";
}

function isNumber(value: unknown): value is number {
  return typeof value === "number";
}

function isBoolean(value: unknown): value is boolean {
  return typeof value === "boolean";
}
