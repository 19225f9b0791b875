/** What the console's HTTP API says, parsed once and then trusted. The shapes are those of `contracts/requests.py`. */

export interface Flow {
  readonly flow: string;
  readonly name: string;
  readonly trigger: string;
  readonly versions: number;
  readonly active: number | null;
}

export type RunStatus = "running" | "waiting" | "completed" | "failed" | "cancelled";

export interface Run {
  readonly run: string;
  readonly flow: string;
  readonly version: number;
  readonly visitor: string;
  readonly trigger: string;
  readonly status: RunStatus;
  readonly node: string | null;
  readonly started_at: string;
  readonly ended_at: string | null;
  readonly error: string | null;
}

export interface Effect {
  readonly type: string;
  readonly text?: string;
  readonly agents?: readonly string[];
}

/** One event of a run; which fields it has depends on its type. */
export interface RunEvent {
  readonly type: string;
  readonly seq: number;
  readonly at: string;
  readonly node?: string;
  readonly outcome?: string;
  readonly detail?: string;
  readonly reason?: string;
  readonly until?: string;
  readonly facts?: Readonly<Record<string, unknown>>;
  readonly effects?: readonly Effect[];
}

/** Why an answer is not the one that was asked for. */
export class ApiError extends Error {
  readonly code: string;

  constructor(code: string, detail: string) {
    super(detail);
    this.code = code;
  }
}

export async function fetchFlows(): Promise<readonly Flow[]> {
  return list(await ask("/api/flows"), "flows") as readonly Flow[];
}

export async function fetchRuns(): Promise<readonly Run[]> {
  return list(await ask("/api/runs?limit=50"), "runs") as readonly Run[];
}

export async function fetchEvents(run: string): Promise<readonly RunEvent[]> {
  return list(await ask(`/api/runs/${encodeURIComponent(run)}`), "events") as readonly RunEvent[];
}

async function ask(path: string): Promise<unknown> {
  const answer = await fetch(path, { headers: { Accept: "application/json" } });
  const value: unknown = await answer.json().catch(() => null);
  if (answer.ok) return value;
  const error = isRecord(value) && isRecord(value["error"]) ? value["error"] : {};
  throw new ApiError(String(error["code"] ?? answer.status), String(error["detail"] ?? answer.statusText));
}

function list(value: unknown, name: string): readonly unknown[] {
  const found = isRecord(value) ? value[name] : null;
  if (!Array.isArray(found) || !found.every(isRecord)) throw new ApiError("bad_answer", `no ${name} in the answer`);
  return found;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
