import type { FlowHistoryEntry } from "../contract";
import { publication, versions } from "../publishing/versions";

/** A version with who published it, and what happened to it since, the newest first. */
export type VersionLine = {
  readonly version: number;
  readonly published: FlowHistoryEntry | undefined;
  readonly since: readonly FlowHistoryEntry[];
};

export function versionsOf(history: readonly FlowHistoryEntry[]): readonly VersionLine[] {
  return versions(history).map((version) => ({
    version,
    published: publication(history, version),
    since: history.filter((entry) => entry.version === version && entry.what !== "published"),
  }));
}
