import type { VisitorCard } from "../contract";

const NAMES = ["user_fullname", "name"];
const ADDRESSES = ["user_email", "email", "user_mobile", "mobile", "phone"];

/** What the visitor is called, or how they are reached; empty: nobody knows. */
export function cardName(card: VisitorCard | null): string {
  const fields = card?.profile?.fields ?? {};
  const found = [...NAMES, ...ADDRESSES].map((name) => fields[name]).find((value) => typeof value === "string" && value);
  return typeof found === "string" ? found : "";
}

/** The fields that have a value, by name. */
export function fieldsOf(card: VisitorCard | null): readonly (readonly [string, string])[] {
  return Object.entries(card?.profile?.fields ?? {})
    .filter(([, value]) => value !== null && value !== "")
    .map(([name, value]) => [name, String(value)] as const)
    .sort(([a], [b]) => a.localeCompare(b));
}
