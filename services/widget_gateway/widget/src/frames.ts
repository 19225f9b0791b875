// Made by `npm run types` from contracts/schema/frames.schema.json.

/** The first frame, within 5 s. */
export interface Hello {
  readonly type: "hello";
  readonly team: string;
  readonly token?: string | null;
  readonly after?: number;
  readonly after_id?: string | null;
  readonly page?: Page;
  readonly locale?: string;
  readonly identity?: string | null;
}

/** The page that holds the widget. */
export interface Page {
  readonly url?: string;
  readonly title?: string;
  readonly referrer?: string;
}

/** The page has loaded and the launcher shows. */
export interface WidgetLoaded {
  readonly type: "widget_loaded";
  readonly id: string;
}

/** The visitor opened the window. */
export interface WidgetOpened {
  readonly type: "widget_opened";
  readonly id: string;
}

/** The visitor closed the window. */
export interface WidgetClosed {
  readonly type: "widget_closed";
  readonly id: string;
}

/** The visitor sent a message. */
export interface MessageSent {
  readonly type: "message_sent";
  readonly id: string;
  readonly text: string;
}

/** The page tracked an event. */
export interface EventTracked {
  readonly type: "event_tracked";
  readonly id: string;
  readonly event: string;
  readonly uuid?: string;
  readonly data?: unknown;
  readonly at?: string | null;
}

/** The page or the visitor said something of the visitor. */
export interface ProfileUpdated {
  readonly type: "profile_updated";
  readonly id: string;
  readonly fields: Readonly<Record<string, string | number | boolean | null>>;
}

/** The visitor chose a quick reply. */
export interface ReplyChosen {
  readonly type: "reply_chosen";
  readonly id: string;
  readonly message: string;
  readonly choice: string;
}

/** The visitor filled in a form. */
export interface FormSubmitted {
  readonly type: "form_submitted";
  readonly id: string;
  readonly message: string;
  readonly values: Readonly<Record<string, string | number | boolean | null>>;
}

/** Somebody is typing; either way, never stored. */
export interface Typing {
  readonly type: "typing";
}

/** The other side has read up to `seq`; either way, never stored. */
export interface Read {
  readonly type: "read";
  readonly seq: number;
}

/** The answer to `hello`. */
export interface Welcome {
  readonly type: "welcome";
  readonly visitor: string;
  readonly token: string;
  readonly agents_online: boolean;
  readonly appearance: Appearance;
  readonly messages: readonly (Message)[];
  readonly more: boolean;
  readonly reset: boolean;
}

/** How the widget looks; a field that is None is not set. */
export interface Appearance {
  readonly title?: string | null;
  readonly welcome?: string | null;
  readonly colour?: string | null;
  readonly background?: string | null;
  readonly effect?: string | null;
  readonly reply_time?: string | null;
}

/** One message of the conversation. It may come again with another `seq`: its `id` decides. */
export interface Message {
  readonly type: "message";
  readonly seq: number;
  readonly id: string;
  readonly at: string;
  readonly author: Author;
  readonly body: Text;
  readonly frame?: string | null;
}

/** Who a visitor sees beside a message. */
export interface Author {
  readonly kind: "agent" | "robot" | "visitor";
  readonly id?: string;
  readonly name?: string;
  readonly avatar?: string;
}

/** Plain text: shown as text, never as HTML. */
export interface Text {
  readonly kind: "text";
  readonly text: string;
}

/** More of what the client missed, in order. */
export interface Messages {
  readonly type: "messages";
  readonly messages: readonly (Message)[];
  readonly more: boolean;
}

/** The event of this frame is stored. */
export interface Accepted {
  readonly type: "accepted";
  readonly id: string;
}

/** A sign of life, every 20 s. */
export interface Tick {
  readonly type: "tick";
}

/** Whether any agent is online, told when it changes. */
export interface Presence {
  readonly type: "presence";
  readonly agents_online: boolean;
}

/** How the widget looks from now on; absent fields stay. */
export interface AppearanceChanged {
  readonly type: "appearance";
  readonly appearance: Appearance;
}

/** A frame that was not taken, or the reason why the socket closes next. */
export interface Error {
  readonly type: "error";
  readonly code: string;
  readonly detail: string;
  readonly id?: string | null;
  readonly retry_after_ms?: number | null;
}
