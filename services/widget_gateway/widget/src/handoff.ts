/** What the loader leaves on the page for the rest of the widget, and for the page itself. */

/** Calls of the page, each `[name, ...arguments]`: an array until the widget is there, which then takes them at once. */
export interface Queue {
  push(...calls: unknown[]): unknown;
}

export interface Handoff {
  /** Where the gateway is: the folder of widget.js. */
  readonly base: string;
  readonly team: string;
  /** The visitor's language, unless the page says another. */
  readonly locale: string;
  readonly root: ShadowRoot;
  readonly launcher: HTMLButtonElement;
}

/** The page's functions; a name and its arguments become one call in the queue. */
export const CALLS = ["open", "close", "send", "track", "set", "identify", "on", "off"];

export type Api = Readonly<Record<string, (...args: unknown[]) => unknown>>;

/** What pages of PPMessage set before the script; beside this, the named customer. */
export interface PPSettings {
  readonly hide_launcher?: boolean;
  readonly view?: {
    readonly launcher_is_show?: boolean;
    readonly launcher_bottom_margin?: string;
    readonly launcher_right_margin?: string;
    readonly launch_style?: { readonly mode?: string; readonly position?: string; readonly bottom?: number };
  };
}

declare global {
  interface Window {
    frontdesk?: Queue | unknown[];
    Frontdesk?: Api;
    PP?: Api;
    ppSettings?: PPSettings;
    _ppmatc?: Queue | unknown[];
    __frontdesk?: Handoff;
  }
}
