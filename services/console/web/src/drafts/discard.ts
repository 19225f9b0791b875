import { ApiError, send } from "../api/http";

/** Throw this person's draft of the flow away; it may be gone already. */
export async function discardDraft(flow: string): Promise<void> {
  try {
    await send<void>("DELETE", `/flows/${flow}/draft`);
  } catch (error) {
    if (!(error instanceof ApiError && error.status === 404)) throw error;
  }
}
