import type { Message } from "./protocol";

const MOST = 3;
const LOOKED_AT = 200;

type Author = Message["author"];

/** The agents who wrote last, at most three, the latest first. */
export function facesIn(messages: readonly Message[]): readonly Author[] {
  const faces = new Map<string, Author>();
  for (const { author } of messages.slice(-LOOKED_AT).reverse()) {
    const key = author.id || (author.name ?? "");
    if (author.kind === "agent" && !faces.has(key) && faces.size < MOST) faces.set(key, author);
  }
  return [...faces.values()];
}
