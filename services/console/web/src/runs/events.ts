import type { NodeCompleted, RunHistory, RunWaiting } from "../contract";

/** What a run leaves behind, in the order of `seq`. */
export type RunEvent = RunHistory["events"][number];

/** What an event does outside; `k` counts within the event. */
export type Effect = NonNullable<NodeCompleted["effects"]>[number];

export type MessageEffect = Extract<Effect, { type: "message_posted" }>;

/** The events at which a node read something. */
export type NodeEvent = NodeCompleted | RunWaiting;

export type Status = "running" | "waiting" | "completed" | "failed" | "cancelled";

/** Whether a node had its turn here. */
export function isNodeEvent(event: RunEvent): event is NodeEvent {
  return event.type === "run.node_completed.v1" || event.type === "run.waiting.v1";
}

/** What an event does outside, in order. */
export function effectsOf(event: RunEvent): readonly Effect[] {
  return isNodeEvent(event) ? (event.effects ?? []) : [];
}

/** The id of a message that a run posts; it decides whether two are the same. */
export function effectId(event: RunEvent, effect: Effect): string {
  return `${event.run}.${event.seq}.${effect.k}`;
}

/** The node that an event is about; null at the start. */
export function nodeOf(event: RunEvent): string | null {
  return event.type === "run.started.v1" ? null : event.node;
}

/** What becomes of a run's status by an event. */
export function statusAfter(event: RunEvent): Status {
  switch (event.type) {
    case "run.started.v1":
    case "run.node_completed.v1":
      return "running";
    case "run.waiting.v1":
      return "waiting";
    case "run.completed.v1":
      return "completed";
    case "run.failed.v1":
      return "failed";
    case "run.cancelled.v1":
      return "cancelled";
    default:
      return unheardOf(event);
  }
}

/** Whether a run is over. */
export function isOver(status: Status): boolean {
  return status === "completed" || status === "failed" || status === "cancelled";
}

/** Closes a `switch` over a union. */
export function unheardOf(value: never): never {
  throw new Error(`nobody knows ${JSON.stringify(value)}`);
}
