import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { get, withQuery } from "../api/http";
import type { MessagesPage, RunSummary, StoredMessage } from "../contract";

const PAGE = 200;
const MOST_PAGES = 5;
/** How much of what was said before the run is shown. */
const BEFORE_MS = 86_400_000;

export type Said = { readonly messages: readonly StoredMessage[]; readonly isCut: boolean };

/** What was said to the visitor and by them around a run; asked again when the run has gone on by `events`. */
export function useSaid(run: RunSummary | undefined, events: number) {
  return useQuery({
    queryKey: ["said", run?.run, events],
    queryFn: () => (run ? around(run) : NOTHING),
    enabled: run !== undefined,
    placeholderData: keepPreviousData,
    staleTime: 30_000,
  });
}

const NOTHING: Said = { messages: [], isCut: false };

async function around(run: RunSummary): Promise<Said> {
  const since = Date.parse(run.started_at) - BEFORE_MS;
  const messages: StoredMessage[] = [];
  let before: number | null = null;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const path: string = withQuery(`/visitors/${run.visitor}/messages`, { before, limit: PAGE });
    const found: MessagesPage = await get<MessagesPage>(path);
    messages.unshift(...found.messages);
    const oldest: StoredMessage | undefined = messages[0];
    if (!found.more || !oldest || Date.parse(oldest.at) < since) return { messages: recent(messages, since), isCut: false };
    before = oldest.seq;
  }
  return { messages, isCut: true };
}

function recent(messages: readonly StoredMessage[], since: number): readonly StoredMessage[] {
  return messages.filter(({ at }) => Date.parse(at) >= since);
}
