import { useState } from "react";
import { queries } from "../api/queries";
import type { StoredMessage } from "../contract";
import type { Pages } from "./listing";
import { seenBefore } from "./timeline";

/** Up to where this agent had seen the conversation when it was opened; null: all of it, or nobody knows. */
export function useUnreadBefore(visitor: string, messages: readonly StoredMessage[] | null): number | null {
  const [unread] = useState(() => unreadOf(visitor));
  const [seen, setSeen] = useState<number | null | undefined>(undefined);
  if (seen === undefined && messages !== null) setSeen(seenBefore(messages, unread));
  return seen ?? null;
}

function unreadOf(visitor: string): number {
  for (const [, data] of queries.getQueriesData<Pages>({ queryKey: ["conversations"] })) {
    for (const page of data?.pages ?? []) {
      const found = page.conversations.find((one) => one.visitor === visitor);
      if (found) return found.unread ?? 0;
    }
  }
  return 0;
}
