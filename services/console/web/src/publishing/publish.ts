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
import { expectedVersion, versions, versionToStart } from "./versions";

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
): Promise<Published> {
  const history = await historyOf(definition.flow);
  const expect_version = expectedVersion(history, base);
  // The service would say so too, but only after it has found nothing else that is wrong.
  if (Math.max(0, ...versions(history)) > expect_version) return conflict(definition.flow, base, history);
  try {
    const body = { definition, expect_version, activate };
    const pushed = await send<FlowPushed>("POST", `/flows/${definition.flow}/publish`, body);
    return { type: "published", pushed };
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    if (error.code === "version_conflict") return conflict(definition.flow, base, await historyOf(definition.flow));
    if (error.status === 400) return { type: "refused", problems: error.problems, reason: error };
    throw error;
  }
}

/** Start the version that `versionToStart` says. */
export async function start(flow: string): Promise<FlowActivated> {
  const version = versionToStart(await historyOf(flow));
  return send<FlowActivated>("POST", `/flows/${flow}/activate`, { version });
}

async function conflict(flow: string, base: number | null, history: readonly FlowHistoryEntry[]): Promise<Published> {
  const newest = Math.max(...versions(history));
  const [theirs, before] = await Promise.all([version(flow, newest), base === null ? null : version(flow, base)]);
  return { type: "conflict", conflict: { theirs, base: before } };
}

function version(flow: string, number: number): Promise<FlowVersion> {
  return get<FlowVersion>(`/flows/${flow}?version=${number}`);
}
