import { describe, expect, it } from "vitest";
import type { ConversationSummary, LiveConversationChanged, StoredMessage } from "../contract";
import { changed, conversationsIn, filtersOf, nameOf, type Pages, searchOf, withNew } from "./listing";

const conversation = (visitor: string, seq: number): ConversationSummary => ({
  visitor,
  seq,
  last_message: "hi",
  last_author: "visitor",
  last_at: "2026-11-22T12:00:00Z",
  messages: 1,
  assigned: [],
  unread: 0,
});
const pages = (...conversations: ConversationSummary[]): Pages => ({
  pages: [{ conversations, cursor: null }],
  pageParams: [null],
});
const frame = (visitor: string, message: Partial<StoredMessage> | null, more = {}): LiveConversationChanged => ({
  type: "conversation_changed",
  visitor,
  seq: message?.seq ?? 9,
  message: message && {
    seq: 9,
    id: "m",
    kind: "message",
    at: "2026-11-22T12:05:00Z",
    author: "",
    author_kind: "visitor",
    text: "new",
    ...message,
  },
  ...more,
});
const listed = (data: Pages | null): readonly string[] =>
  conversationsIn(data?.pages ?? []).map(({ visitor, last_message, unread }) => `${visitor} ${last_message} ${unread}`);

describe("the list of conversations", () => {
  it("puts the one that somebody wrote in on top, once, as unread", () => {
    const before = pages(conversation("a", 5), conversation("b", 3));
    const after = changed(before, frame("b", {}));
    expect(listed(after)).toEqual(["b new 1", "a hi 0"]);
    expect(listed(after && changed(after, frame("b", {})))).toEqual(["b new 1", "a hi 0"]);
  });

  it("counts what visitors say and flows tell, and nothing else", () => {
    const before = pages(conversation("a", 5));
    expect(listed(changed(before, frame("a", { author_kind: "agent" })))).toEqual(["a new 0"]);
    expect(listed(changed(before, frame("a", { kind: "note", author_kind: "agent" })))).toEqual(["a hi 0"]);
    expect(listed(changed(before, frame("a", { kind: "notice", author_kind: "robot" })))).toEqual(["a hi 1"]);
  });

  it("has to be asked anew for a conversation that it does not have", () => {
    expect(changed(pages(conversation("a", 5)), frame("z", {}))).toBeNull();
  });

  it("shows it meanwhile, as far as it is known", () => {
    const after = withNew(pages(conversation("a", 5)), frame("z", {}));
    expect(listed(after)).toEqual(["z new 1", "a hi 0"]);
    expect(listed(withNew(pages(conversation("a", 5)), frame("z", { kind: "note" })))).toEqual(["a hi 0"]);
  });

  it("knows who looks after it", () => {
    const after = changed(pages(conversation("a", 5)), frame("a", null, { assigned: ["mei"] }));
    expect(after?.pages[0]?.conversations[0]?.assigned).toEqual(["mei"]);
  });

  it("is filtered by the address", () => {
    for (const search of ["", "?assigned=mine", "?group=%E5%94%AE%E5%90%8E&unread=true"]) {
      expect(searchOf(filtersOf(search))).toBe(search);
    }
    expect(filtersOf("?assigned=nonsense&unread=1")).toEqual({ assigned: "all", group: "", unread: false });
  });

  it("calls the nameless by the beginning of their ids", () => {
    expect([nameOf({ visitor: "v_1234567890" }), nameOf({ visitor: "v", name: "王" })]).toEqual(["#123456", "王"]);
  });
});
