import { useEffect, useState } from "react";
import { keepSaying, say } from "../api/live";
import type { Me } from "../contract";
import { useSettings } from "./useSettings";

/**
 * Be online while this tab is open: an agent on every page, an admin once the inbox was opened in it, so that who only
 * edits flows can try them with nobody there. Nobody is who says to be away.
 */
export function useAttendance(me: Me, path: string): void {
  const { isAway } = useSettings();
  const isInbox = path.startsWith("/inbox");
  const [wasInbox, setWasInbox] = useState(false);
  if (isInbox && !wasInbox) setWasInbox(true);
  const isThere = !isAway && (me.role === "agent" || (me.role === "admin" && wasInbox));
  useEffect(() => {
    if (!isThere) return undefined;
    const stop = keepSaying({ type: "online" });
    return () => {
      stop();
      say({ type: "away" });
    };
  }, [isThere]);
}
