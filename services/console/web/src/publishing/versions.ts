import type { FlowHistoryEntry } from "../contract";

/**
 * The newest version that whoever began from `base` can have known of, which a publication must say: `base` itself,
 * and those after it that were put aside when `base` was started again (a rollback) or the flow was deleted. Versions
 * that came later are somebody's work, and a conflict. 0: the flow is new. `history` is the newest first.
 */
export function expectedVersion(history: readonly FlowHistoryEntry[], base: number | null): number {
  const putAside = history.findIndex(
    ({ what, version }) => what === "deleted" || (what === "activated" && base !== null && version === base),
  );
  const known = putAside < 0 ? [] : history.slice(putAside).flatMap(published);
  return Math.max(base ?? 0, ...known);
}

/** The version that starts when somebody starts the flow: the newest, unless it was put aside for an older one. */
export function versionToStart(history: readonly FlowHistoryEntry[]): number | null {
  const last = history.findIndex(({ what }) => what === "activated");
  const since = (last < 0 ? history : history.slice(0, last)).flatMap(published);
  return since.length ? Math.max(...since) : (history[last]?.version ?? null);
}

/** The entry that published this version last. */
export function publication(history: readonly FlowHistoryEntry[], version: number): FlowHistoryEntry | undefined {
  return history.find((entry) => entry.what === "published" && entry.version === version);
}

/** Every version that was published, the newest first. */
export function versions(history: readonly FlowHistoryEntry[]): readonly number[] {
  return [...new Set(history.flatMap(published))].sort((one, other) => other - one);
}

function published(entry: FlowHistoryEntry): readonly number[] {
  return entry.what === "published" && entry.version ? [entry.version] : [];
}
