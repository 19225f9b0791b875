import { expect, test } from "vitest";
import { found, lines } from "./listing";

const draft = { flow: "new", name: "New", trigger: "message_sent", saved_at: "2026-01-01T00:00:00Z", base_version: null };
const stopped = { flow: "b", name: "Bees", trigger: "widget_opened", versions: 3, active: null };
const active = { flow: "c", name: "Cats", trigger: "widget_opened", versions: 2, active: 1 };
const all = lines({ flows: [stopped, active], drafts: [draft, { ...draft, flow: "b", base_version: 3 }] }, "en");
const anything = { text: "", trigger: null, state: null };

test("active flows come first, and what is only a draft is a line as well", () => {
  expect(all.map(({ flow }) => flow)).toEqual(["c", "b", "new"]);
  expect(all.map(({ draft }) => draft?.base_version)).toEqual([undefined, 3, null]);
});

test("lines are found by a part of their name or id, by trigger and by state", () => {
  const flows = (wanted: Partial<Parameters<typeof found>[1]>) =>
    found(all, { ...anything, ...wanted }).map(({ flow }) => flow);
  expect(flows({ text: " CAT " })).toEqual(["c"]);
  expect(flows({ trigger: "message_sent" })).toEqual(["new"]);
  expect(flows({ state: "stopped" })).toEqual(["b", "new"]);
  expect(flows({ state: "draft", trigger: "widget_opened" })).toEqual(["b"]);
});
