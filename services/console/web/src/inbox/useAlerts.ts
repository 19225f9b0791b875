import { useCallback, useEffect } from "react";
import { keepSaying, useLiveFrames } from "../api/live";
import type { LiveFrame, Me } from "../contract";
import { currentSettings } from "./settings";
import { ring } from "./sound";
import { isPageVisible } from "./usePageVisible";
import { useSettings } from "./useSettings";
import { useUnread } from "./useUnread";

const TITLE = "Frontdesk";

/** Hear of conversations on every page: how many wait, in the tab's title too, and a sound when somebody writes. */
export function useAlerts(me: Me, path: string): number {
  const isAnswerer = me.role !== "sre";
  const { hasBadge } = useSettings();
  const count = useUnread(isAnswerer);
  useEffect(() => (isAnswerer ? keepSaying({ type: "inbox" }) : undefined), [isAnswerer]);
  useEffect(() => {
    document.title = hasBadge && count > 0 ? `(${count > 99 ? "99+" : count}) ${TITLE}` : TITLE;
  }, [count, hasBadge]);
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
