import { ApiError, get, send } from "../api/http";
import type {
  FlowActivated,
  FlowDefinition,
  FlowHistory,
  FlowHistoryEntry,
  FlowPushed,
  FlowVersion,
  Problem,
} from "../contract";
import { expectedVersion, versionToStart } from "./versions";

/** What became of a publication. `conflict`: somebody published meanwhile, and this is what. */
export type Published =
  | { readonly type: "published"; readonly pushed: FlowPushed }
  | { readonly type: "refused"; readonly problems: readonly Problem[]; readonly reason: ApiError }
  | { readonly type: "conflict"; readonly conflict: Conflict };

export type Conflict = {
  readonly theirs: FlowVersion;
  /** What both began from; null: they made a flow of the same id. */
  readonly base: FlowVersion | null;
};

/** What happened to a flow, newest first; nothing for a flow that was never published. */
export async function historyOf(flow: string): Promise<readonly FlowHistoryEntry[]> {
  try {
    return (await get<FlowHistory>(`/flows/${flow}/history`)).history;
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return [];
    throw error;
  }
}

/** Publish what began from version `base`, and start it if asked. Rejects with `ApiError` when nobody answers. */
export async function publish(
  definition: FlowDefinition,
  base: number | null,
  activate: boolean,
  expected?: number,
): Promise<Published> {
  const expect_version = expected ?? expectedVersion(await historyOf(definition.flow), base);
  try {
    const body = { definition, expect_version, activate };
    const pushed = await send<FlowPushed>("POST", `/flows/${definition.flow}/publish`, body);
    return { type: "published", pushed };
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    if (error.code === "version_conflict") return { type: "conflict", conflict: await conflictOf(definition.flow, base) };
    if (error.status === 400) return { type: "refused", problems: error.problems, reason: error };
    throw error;
  }
}

/** Start the version that `versionToStart` says. */
export async function start(flow: string): Promise<FlowActivated> {
  const version = versionToStart(await historyOf(flow));
  return send<FlowActivated>("POST", `/flows/${flow}/activate`, { version });
}

async function conflictOf(flow: string, base: number | null): Promise<Conflict> {
  const history = await historyOf(flow);
  const newest = Math.max(...history.map((entry) => entry.version ?? 0));
  const [theirs, before] = await Promise.all([version(flow, newest), base === null ? null : version(flow, base)]);
  return { theirs, base: before };
}

function version(flow: string, number: number): Promise<FlowVersion> {
  return get<FlowVersion>(`/flows/${flow}?version=${number}`);
}
