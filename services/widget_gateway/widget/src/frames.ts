// Made by `npm run types` from the frames' schemas in contracts/schema.

/** The event of this frame is stored. */
export interface Accepted {
  readonly id: string;
  readonly type: "accepted";
}

/** How the widget looks; a field that is None is not set. */
export interface Appearance {
  readonly background?: string | null;
  readonly colour?: string | null;
  readonly effect?: string | null;
  readonly reply_time?: string | null;
  readonly title?: string | null;
  readonly welcome?: string | null;
}

/** How the widget looks from now on; absent fields stay. */
export interface AppearanceChanged {
  readonly appearance: Appearance;
  readonly type: "appearance";
}

/** Who a visitor sees beside a message. */
export interface Author {
  readonly avatar?: string;
  readonly id?: string;
  readonly kind: "agent" | "robot" | "visitor";
  readonly name?: string;
}

/** A frame that was not taken, or the reason why the socket closes next. */
export interface Error {
  readonly code: string;
  readonly detail: string;
  readonly id?: string | null;
  readonly retry_after_ms?: number | null;
  readonly type: "error";
}

/** The page tracked an event. */
export interface EventTracked {
  readonly at?: string | null;
  readonly data?: unknown;
  readonly event: string;
  readonly id: string;
  readonly type: "event_tracked";
  readonly uuid?: string;
}

/** A text with questions, answered field by field or at once by `form_submitted`, until that time. */
export interface Form {
  readonly fields: readonly (FormField)[];
  readonly kind: "form";
  readonly lock_input?: boolean;
  readonly text: string;
  readonly until: string;
}

/** One question of a form; `name` is the visitor's field that keeps the answer. */
export interface FormField {
  readonly label: string;
  readonly name: string;
  readonly options?: readonly (string)[];
  readonly type?: "date" | "email" | "long_text" | "number" | "phone" | "select" | "text";
}

/** The visitor filled in a form, or a part of it: `values` are all that have an answer so far. */
export interface FormSubmitted {
  readonly id: string;
  readonly message: string;
  readonly type: "form_submitted";
  readonly values: Readonly<Record<string, string | number | boolean | null>>;
}

/** The first frame, within 5 s. */
export interface Hello {
  readonly after?: number | null;
  readonly after_id?: string | null;
  readonly identity?: string | null;
  readonly locale?: string | null;
  readonly page?: SaidPage | null;
  readonly team: string;
  readonly token?: string | null;
  readonly type: "hello";
}

/** One message of the conversation. It may come again with another `seq`: its `id` decides. */
export interface Message {
  readonly at: string;
  readonly author: Author;
  readonly body: Text | QuickReplies | Form | Survey;
  readonly frame?: string | null;
  readonly id: string;
  readonly seq: number;
  readonly type: "message";
}

/** The visitor sent a message. */
export interface MessageSent {
  readonly id: string;
  readonly text: string;
  readonly type: "message_sent";
}

/** More of what the client missed, in order. */
export interface Messages {
  readonly messages: readonly (Message)[];
  readonly more: boolean;
  readonly type: "messages";
}

/** Whether any agent is online, told when it changes. */
export interface Presence {
  readonly agents_online: boolean;
  readonly type: "presence";
}

/** The page or the visitor said something of the visitor. */
export interface ProfileUpdated {
  readonly fields: Readonly<Record<string, string | number | boolean | null>>;
  readonly id: string;
  readonly type: "profile_updated";
}

/** A text with answers to choose from, until that time; a choice is `reply_chosen`. */
export interface QuickReplies {
  readonly choices: readonly (string)[];
  readonly kind: "quick_replies";
  readonly lock_input?: boolean;
  readonly text: string;
  readonly until: string;
}

/** The other side has read up to `seq`; either way, never stored. */
export interface Read {
  readonly seq: number;
  readonly type: "read";
}

/** The visitor chose a quick reply, or an answer of a survey; it is posted as the visitor's message. */
export interface ReplyChosen {
  readonly choice: string;
  readonly id: string;
  readonly message: string;
  readonly type: "reply_chosen";
}

/** The page as its visitor says it: null is the same as absent, and what is too long is cut. */
export interface SaidPage {
  readonly referrer?: string | null;
  readonly title?: string | null;
  readonly url?: string | null;
}

/** How satisfied the visitor is, from worst to best; a choice is `reply_chosen`. */
export interface Survey {
  readonly choices: readonly (string)[];
  readonly kind: "survey";
  readonly lock_input?: boolean;
  readonly text: string;
  readonly until: string;
}

/** Plain text: shown as text, never as HTML. */
export interface Text {
  readonly kind: "text";
  readonly text: string;
}

/** A sign of life, every 20 s. */
export interface Tick {
  readonly type: "tick";
}

/** Somebody is typing; either way, never stored. */
export interface Typing {
  readonly type: "typing";
}

/** The answer to `hello`. */
export interface Welcome {
  readonly agents_online: boolean;
  readonly appearance: Appearance;
  readonly messages: readonly (Message)[];
  readonly more: boolean;
  readonly now?: string | null;
  readonly reset: boolean;
  readonly token: string;
  readonly type: "welcome";
  readonly visitor: string;
}

/** The visitor closed the window. */
export interface WidgetClosed {
  readonly id: string;
  readonly type: "widget_closed";
}

/** The page has loaded and the launcher shows. */
export interface WidgetLoaded {
  readonly id: string;
  readonly type: "widget_loaded";
}

/** The visitor opened the window. */
export interface WidgetOpened {
  readonly id: string;
  readonly type: "widget_opened";
}
