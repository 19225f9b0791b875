/** The page's calls as one union. What a page pushes is not to be trusted: a call that makes no sense is null. */

export type Listener = (detail: unknown) => void;
export type Callback = () => void;
export type Fields = Readonly<Record<string, string | number | boolean | null>>;

export type Command =
  | { readonly name: "open" | "close" | "toggle" }
  | { readonly name: "send"; readonly text: string }
  | {
      readonly name: "track";
      readonly event: string;
      readonly data: unknown;
      readonly uuid?: string;
      /** When it happened, in ms; absent: now. */
      readonly at?: number;
    }
  | { readonly name: "set"; readonly fields: Fields; readonly done?: Callback; readonly failed?: Callback }
  | { readonly name: "identify"; readonly jwt: string | null }
  | { readonly name: "on" | "off"; readonly event: string; readonly listener: Listener };

const MAX_NAME = 64;

export function parseCommand(call: unknown): Command | null {
  if (!Array.isArray(call)) return null;
  const [name, first, second, third]: unknown[] = call;
  switch (name) {
    case "open":
    case "close":
    case "toggle":
      return { name };
    case "send":
      return typeof first === "string" ? { name, text: first } : null;
    case "track":
      return isName(first) ? { name, event: first, data: second ?? null } : null;
    case "set":
      if (!isFields(first)) return null;
      return { name, fields: first, ...(isFunction(second) && { done: second }), ...(isFunction(third) && { failed: third }) };
    case "identify":
      return typeof first === "string" || first === null ? { name, jwt: first } : null;
    case "on":
    case "off":
      return typeof first === "string" && isFunction(second) ? { name, event: first, listener: second } : null;
    default:
      return null;
  }
}

export function isName(value: unknown): value is string {
  return typeof value === "string" && value.length > 0 && value.length <= MAX_NAME;
}

function isFunction(value: unknown): value is Listener & Callback {
  return typeof value === "function";
}

export function isFields(value: unknown): value is Fields {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  return Object.entries(value).every(
    ([name, field]) => isName(name) && (field === null || ["string", "number", "boolean"].includes(typeof field)),
  );
}
