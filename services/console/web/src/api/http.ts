import type { Problem } from "../contract";

/** Why the service does not give what was asked for: `code` is stable, the message a sentence for people. */
export class ApiError extends Error {
  readonly code: string;
  readonly status: number;
  readonly problems: readonly Problem[];

  constructor(status: number, code: string, detail: string, problems: readonly Problem[] = []) {
    super(detail);
    this.status = status;
    this.code = code;
    this.problems = problems;
  }
}

/** What is at `path` under `/api`. Rejects with `ApiError`; code `unreachable` when there was no answer at all. */
export async function get<T>(path: string): Promise<T> {
  return (await answer(await reach(path, { method: "GET" }))) as T;
}

/** Ask for a change: `body` goes as JSON. An answer without content is `undefined`. */
export async function send<T>(method: "POST" | "PUT" | "DELETE", path: string, body?: unknown): Promise<T> {
  const headers = { ...csrf(), ...(body === undefined ? {} : { "Content-Type": "application/json" }) };
  const content = body === undefined ? {} : { body: JSON.stringify(body) };
  return (await answer(await reach(path, { method, headers, ...content }))) as T;
}

/** The same with a file's bytes. */
export async function sendFile<T>(path: string, file: Blob, type: string): Promise<T> {
  const headers = { ...csrf(), "Content-Type": type };
  return (await answer(await reach(path, { method: "POST", headers, body: file }))) as T;
}

/** A path with its query; what is null or undefined is left out. */
export function withQuery(path: string, query: Readonly<Record<string, string | number | null | undefined>>): string {
  const given = Object.entries(query).filter(([, value]) => value !== null && value !== undefined && value !== "");
  const search = new URLSearchParams(given.map(([name, value]) => [name, String(value)]));
  return given.length ? `${path}?${search}` : path;
}

/** More than the service's own patience with the bus: after that it hangs. */
const PATIENCE_MS = 30_000;

async function reach(path: string, request: RequestInit): Promise<Response> {
  const headers = { Accept: "application/json", ...request.headers };
  try {
    return await fetch(`/api${path}`, { ...request, headers, signal: AbortSignal.timeout(PATIENCE_MS) });
  } catch {
    throw new ApiError(0, "unreachable", "the service does not answer");
  }
}

async function answer(response: Response): Promise<unknown> {
  if (response.status === 204) return undefined;
  const isJson = response.headers.get("content-type")?.includes("json") ?? false;
  const value: unknown = isJson ? await response.json() : await response.text();
  if (response.ok) return value;
  const error = isRecord(value) && isRecord(value["error"]) ? value["error"] : {};
  const problems = Array.isArray(error["problems"]) ? (error["problems"] as Problem[]) : [];
  throw new ApiError(
    response.status,
    String(error["code"] ?? response.status),
    String(error["detail"] ?? response.statusText),
    problems,
  );
}

function csrf(): Record<string, string> {
  const token = /(?:^|; )frontdesk_csrf=([^;]*)/.exec(document.cookie)?.[1];
  return token ? { "X-CSRF-Token": token } : {};
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
