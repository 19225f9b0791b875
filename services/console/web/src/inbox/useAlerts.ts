import { useCallback, useEffect } from "react";
import { keepSaying, useLiveFrames } from "../api/live";
import type { LiveFrame, Me } from "../contract";
import { currentSettings } from "./settings";
import { ring } from "./sound";
import { isPageVisible } from "./usePageVisible";
import { useUnread } from "./useUnread";

/** Hear of conversations on every page: how many wait, and a sound when somebody writes. */
export function useAlerts(me: Me, path: string): number {
  const isAnswerer = me.role !== "sre";
  const count = useUnread(isAnswerer);
  useEffect(() => (isAnswerer ? keepSaying({ type: "inbox" }) : undefined), [isAnswerer]);
  const listen = useCallback(
    (frame: LiveFrame) => {
      if (frame.type !== "conversation_changed" || !frame.message || !currentSettings().hasSound) return;
      const { author_kind, kind } = frame.message;
      const isHeard = kind === "notice" || (author_kind === "visitor" && (kind ?? "message") === "message");
      const isSeen = isPageVisible() && path === `/inbox/${frame.visitor}`;
      if (isHeard && !isSeen) ring();
    },
    [path],
  );
  useLiveFrames(listen);
  return count;
}
