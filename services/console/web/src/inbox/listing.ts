import type { ConversationsPage, ConversationSummary, LiveConversationChanged } from "../contract";

/** What of the conversations is listed; it stands in the address. */
export type Filters = {
  readonly assigned: "all" | "mine" | "unassigned";
  readonly group: string;
  readonly unread: boolean;
};

export type Pages = { readonly pages: readonly ConversationsPage[]; readonly pageParams: readonly unknown[] };

/** Filters that leave nothing out. */
export const EVERYTHING: Filters = { assigned: "all", group: "", unread: false };

/** The filters that an address names. */
export function filtersOf(search: string): Filters {
  const query = new URLSearchParams(search);
  const assigned = query.get("assigned");
  return {
    assigned: assigned === "mine" || assigned === "unassigned" ? assigned : "all",
    group: query.get("group") ?? "",
    unread: query.get("unread") === "true",
  };
}

/** The query part of an address that names them; empty when nothing is left out. */
export function searchOf({ assigned, group, unread }: Filters): string {
  const query = new URLSearchParams();
  if (assigned !== "all") query.set("assigned", assigned);
  if (group) query.set("group", group);
  if (unread) query.set("unread", "true");
  return query.size ? `?${query}` : "";
}

/** Every conversation once, the newest message first. */
export function conversationsIn(pages: readonly ConversationsPage[]): readonly ConversationSummary[] {
  const found = new Map<string, ConversationSummary>();
  for (const one of pages.flatMap(({ conversations }) => conversations)) {
    const known = found.get(one.visitor);
    if (!known || (known.seq ?? 0) < (one.seq ?? 0)) found.set(one.visitor, one);
  }
  return [...found.values()].sort((a, b) => (b.seq ?? 0) - (a.seq ?? 0));
}

/** The pages with what just happened, as far as they have its conversation; `null` when they have to be asked anew. */
export function changed(data: Pages, frame: LiveConversationChanged): Pages | null {
  const isListed = data.pages.some(({ conversations }) => conversations.some(({ visitor }) => visitor === frame.visitor));
  if (!isListed) return frame.message?.kind === "note" ? data : null;
  return mapped(data, frame.visitor, (one) => {
    const assigned = frame.assigned ?? one.assigned;
    const message = frame.message;
    if (!message || message.seq <= (one.seq ?? 0)) return { ...one, assigned };
    const isNew = message.kind === "notice" || (isSaid(message.kind) && message.author_kind === "visitor");
    const unread = (one.unread ?? 0) + (isNew ? 1 : 0);
    if (!isSaid(message.kind)) return { ...one, assigned, unread };
    return {
      ...one,
      assigned,
      unread,
      seq: message.seq,
      last_message: message.text,
      last_author: message.author_kind,
      last_at: message.at,
      messages: one.messages + 1,
    };
  });
}

/** The pages with a conversation on top that they did not have: as much of it as its message tells. */
export function withNew(data: Pages, { visitor, message }: LiveConversationChanged): Pages {
  const [first, ...rest] = data.pages;
  if (!first || !message || !isSaid(message.kind)) return data;
  const conversation: ConversationSummary = {
    visitor,
    last_message: message.text,
    last_author: message.author_kind,
    last_at: message.at,
    messages: 1,
    assigned: [],
    seq: message.seq,
    unread: message.author_kind === "visitor" ? 1 : 0,
  };
  return { ...data, pages: [{ ...first, conversations: [conversation, ...first.conversations] }, ...rest] };
}

/** The pages with one conversation changed. */
export function mapped(
  data: Pages,
  visitor: string,
  change: (one: ConversationSummary) => ConversationSummary,
): Pages {
  const pages = data.pages.map((page) => ({
    ...page,
    conversations: page.conversations.map((one) => (one.visitor === visitor ? change(one) : one)),
  }));
  return { ...data, pages };
}

/** What a visitor is called: by name, else by the beginning of the id. */
export function nameOf({ visitor, name }: { readonly visitor: string; readonly name?: string }): string {
  return name || `#${visitor.replace(/^[uv]_/, "").slice(0, 6)}`;
}

function isSaid(kind: string | undefined): boolean {
  return kind === undefined || kind === "message";
}
