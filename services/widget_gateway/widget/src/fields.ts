/** How the fields of a form are asked for and checked. */

import type { FormField } from "./protocol";
import { plain } from "./text";

export const MAX_ANSWER_CHARACTERS = 1000;

export type FieldType = NonNullable<FormField["type"]>;
/** What is wrong with an answer: nothing there, or not what the type wants. */
export type Problem = "missing" | Exclude<FieldType, "text" | "long_text">;

const INPUT_TYPES: Readonly<Record<string, string>> = { email: "email", phone: "tel", number: "number", date: "date" };
const COMPLETIONS: Readonly<Record<string, string>> = {
  user_fullname: "name",
  user_email: "email",
  user_mobile: "tel",
  user_company: "organization",
  user_city: "address-level2",
  user_country: "country-name",
};
const PATTERNS: Readonly<Partial<Record<FieldType, RegExp>>> = {
  email: /^[^\s@]+@[^\s@]+\.[^\s@.]+$/,
  phone: /^\+?[\d(][\d\s().\/-]{4,}$/,
  number: /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i,
  date: /^\d{4,6}-\d\d-\d\d$/,
};

/** The attributes of its `<input>`, or of its `<textarea>`. */
export function attributesOf({ name, type }: FormField): Record<string, string> {
  const input = INPUT_TYPES[type ?? "text"];
  return {
    maxlength: String(MAX_ANSWER_CHARACTERS),
    autocomplete: COMPLETIONS[name] ?? "off",
    ...(type === "number" && { step: "any" }),
    ...(type === "long_text" ? { rows: "3" } : { type: input ?? "text", enterkeyhint: "next" }),
  };
}

/** What is wrong with the text as an answer to this field; null when nothing is. */
export function problemWith({ type = "text", options = [] }: FormField, text: string): Problem | null {
  const isPlain = type === "text" || type === "long_text";
  if (!text.trim()) return isPlain ? "missing" : type;
  if (type === "select") return options.includes(text) ? null : type;
  return isPlain || PATTERNS[type]?.test(text.trim()) !== false ? null : type;
}

/** The answer as the field takes it; there must be nothing wrong with the text. */
export function answerIn({ type }: FormField, text: string): string | number {
  return type === "number" ? Number(text) : type === "select" ? text : plain(text.trim(), MAX_ANSWER_CHARACTERS);
}
