import { useCallback, useEffect, useState, useSyncExternalStore } from "react";
import { useLive } from "../api/live";
import { queries } from "../api/queries";
import { useMe } from "../api/useMe";
import type { FlowDefinition } from "../contract";
import { useEditor } from "../editor/useEditor";
import { becoming } from "./becoming";
import { Copies, tabId } from "./copies";
import { DraftSession, type Keeping } from "./session";
import { draftStore } from "./store";

const sessions = new Map<string, DraftSession>();

/** The session of a flow that is edited now; those who publish it find it by this. */
export function currentSession(flow: string): DraftSession | undefined {
  return sessions.get(flow);
}

export type Drafting = {
  readonly session: DraftSession;
  readonly keeping: Keeping;
  /** A conflict ends with this, from this version. */
  readonly decide: (definition: FlowDefinition, base: number | null) => void;
};

/** Keeps what the editor around edits, for as long as this is mounted. */
export function useDraftSession(): Drafting {
  const editor = useEditor();
  const { apply, rebase, definition, base, flow, isReadOnly } = editor;
  const me = useMe().data;
  const [session] = useState(() => {
    const copies = new Copies(`${me?.team} ${me?.agent}`, flow, tabId());
    return new DraftSession(draftStore(flow), copies, definition, base, editor.opened);
  });
  useEffect(() => {
    if (isReadOnly) return undefined;
    const recovered = session.recovered();
    if (recovered) {
      apply(becoming(definition, recovered.definition));
      rebase(recovered.base);
    }
    return attached(flow, session);
    // Once: what was open when the editor was.
  }, [session]);
  useEffect(() => {
    if (!isReadOnly) session.edited(definition, base);
  }, [session, definition, base, isReadOnly]);
  const { link } = useLive();
  useEffect(() => {
    if (link === "up") session.flush();
  }, [session, link]);
  const decide = useCallback(
    (decided: FlowDefinition, from: number | null) => {
      session.settle(decided, from);
      apply(becoming(definition, decided));
      rebase(from);
    },
    [session, apply, rebase, definition],
  );
  return { session, keeping: useSyncExternalStore(session.subscribe, session.keeping), decide };
}

/** Whoever leaves the page, or looks at another one, has what was edited saved; whoever comes back is told of others. */
function attached(flow: string, session: DraftSession): () => void {
  const leave = () => session.flush();
  const turn = () => (document.visibilityState === "visible" ? void session.look() : session.flush());
  sessions.set(flow, session);
  window.addEventListener("pagehide", leave);
  document.addEventListener("visibilitychange", turn);
  return () => {
    window.removeEventListener("pagehide", leave);
    document.removeEventListener("visibilitychange", turn);
    sessions.delete(flow);
    session.close();
    void queries.invalidateQueries({ queryKey: ["flows"] });
  };
}
