import busyAnswered from "../../../../../tests/replay/busy-agents-answered.json";
import busyTimeout from "../../../../../tests/replay/busy-agents-timeout.json";
import leadForm from "../../../../../tests/replay/lead-form.json";
import orderSent from "../../../../../tests/replay/order-sent.json";
import triage from "../../../../../tests/replay/triage-chosen.json";
import triageDeleted from "../../../../../tests/replay/triage-chosen.deleted.json";
import tutorial from "../../../../../tests/replay/tutorial.json";
import tutorialOnline from "../../../../../tests/replay/tutorial-agent-online.json";
import type { RunReplayed, RunSummary, StoredMessage } from "../contract";
import type { RunEvent } from "./events";

const read = (history: { readonly events: unknown }): readonly RunEvent[] => history.events as readonly RunEvent[];

/** Histories that today's engine decides alike, as the service tells them. */
export const histories = {
  busyAnswered: read(busyAnswered),
  busyTimeout: read(busyTimeout),
  leadForm: read(leadForm),
  orderSent: read(orderSent),
  triage: read(triage),
  triageDeleted: read(triageDeleted),
  tutorial: read(tutorial),
  tutorialOnline: read(tutorialOnline),
} as const;

export const replayed = (events: readonly RunEvent[], more: Partial<RunReplayed> = {}): RunReplayed => ({
  run: "run-1",
  equal: true,
  differs_at: null,
  events: [...events],
  ...more,
});

export const summary = (more: Partial<RunSummary> = {}): RunSummary => ({
  run: "run-1",
  flow: "a-flow",
  version: 1,
  hash: "",
  team: "default",
  visitor: "v1",
  trigger: "message_sent",
  status: "completed",
  node: "end",
  started_at: "2026-03-04T05:06:07Z",
  ended_at: null,
  error: null,
  ...more,
});

export const message = (more: Partial<StoredMessage>): StoredMessage => ({
  seq: 1,
  id: "m1",
  at: "2026-03-04T05:06:00Z",
  author_kind: "visitor",
  author: "v1",
  text: "hello",
  ...more,
});
