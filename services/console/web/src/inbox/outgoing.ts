/** A reply or a note on its way. It goes under its own id until the service has it, however often that takes. */
export type Outgoing = {
  readonly id: string;
  readonly visitor: string;
  readonly kind: "message" | "note";
  readonly text: string;
  readonly at: string;
  /** Why the service refused it for good; null: it is under way. */
  readonly refused: string | null;
};

/** What was kept in the browser's storage; null when it is none. */
export function parseOutgoing(value: unknown): Outgoing | null {
  if (typeof value !== "object" || value === null) return null;
  const { id, visitor, kind, text, at } = value as Partial<Record<keyof Outgoing, unknown>>;
  if (kind !== "message" && kind !== "note") return null;
  if (typeof id !== "string" || typeof visitor !== "string") return null;
  if (typeof text !== "string" || typeof at !== "string") return null;
  return { id, visitor, kind, text, at, refused: null };
}

/** The first of each visitor's that can be sent: one after the other, so that their order stays. */
export function sendable(waiting: readonly Outgoing[]): readonly Outgoing[] {
  const taken = new Set<string>();
  return waiting.filter(({ visitor, refused }) => {
    if (refused !== null || taken.has(visitor)) return false;
    taken.add(visitor);
    return true;
  });
}
