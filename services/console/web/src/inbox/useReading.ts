import { useEffect, useRef } from "react";
import { send } from "../api/http";
import { markRead } from "./useConversations";
import { recount } from "./useUnread";
import { usePageVisible } from "./usePageVisible";

/** Tell the service that this agent has seen the conversation up to there, while they look at it. */
export function useReading(visitor: string, seq: number, isAtEnd: boolean): void {
  const isVisible = usePageVisible();
  const told = useRef({ visitor, seq: 0 });
  useEffect(() => {
    if (told.current.visitor !== visitor) told.current = { visitor, seq: 0 };
    if (!isVisible || !isAtEnd || seq <= told.current.seq) return undefined;
    // A moment later: several messages at once are read at once, and the read model knows them.
    const timer = setTimeout(() => {
      send("PUT", `/conversations/${visitor}/read`, { seq }).then(
        () => {
          told.current = { visitor, seq };
          markRead(visitor);
          recount();
        },
        () => undefined, // the next message tries again
      );
    }, 300);
    return () => clearTimeout(timer);
  }, [visitor, seq, isVisible, isAtEnd]);
}
