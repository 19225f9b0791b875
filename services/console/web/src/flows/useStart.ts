import { useMutation } from "@tanstack/react-query";
import { get } from "../api/http";
import { queries } from "../api/queries";
import { useNotice } from "../app/useNotice";
import type { Draft } from "../contract";
import { discardDraft } from "../drafts/discard";
import { read } from "../graph/definition";
import { type Published, publish, start } from "../publishing/publish";
import { useStartedNotice } from "../publishing/useStartedNotice";
import type { Line } from "./listing";

/** Starts a line's flow: what was published; of a mere draft the draft, if it is whole. `onRefused` hears why not. */
export function useStart(onRefused: (line: Line, why: Published) => void) {
  const notice = useNotice();
  const tell = useStartedNotice();
  return useMutation({
    mutationFn: begin,
    onSuccess: ({ line, replaced, refused }) => {
      void queries.invalidateQueries({ queryKey: ["flows"] });
      if (refused) onRefused(line, refused);
      else tell(line.name, replaced);
    },
    onError: notice.failed,
  });
}

type Begun = { readonly line: Line; readonly replaced?: string | null | undefined; readonly refused?: Published };

async function begin(line: Line): Promise<Begun> {
  if (line.versions > 0) return { line, replaced: (await start(line.flow)).replaced };
  const draft = await get<Draft>(`/flows/${line.flow}/draft`);
  const published = await publish(read(draft.definition), null, true);
  if (published.type !== "published") return { line, refused: published };
  await discardDraft(line.flow);
  return { line, replaced: published.pushed.replaced };
}
