import { useQuery } from "@tanstack/react-query";
import { useCallback } from "react";
import { get } from "../api/http";
import { useLiveFrames } from "../api/live";
import { queries } from "../api/queries";
import type { LiveFrame, VisitorCard } from "../contract";

const SETTLED_MS = [500, 3_000, 8_000];

/** What is known of a visitor, asked anew when something happens to them. */
export function useCard(visitor: string) {
  const listen = useCallback(
    (frame: LiveFrame) => {
      if (!("visitor" in frame) || frame.visitor !== visitor) return;
      if (frame.type === "visitor_presence") {
        queries.setQueryData<VisitorCard>(["card", visitor], (card) => card && { ...card, is_online: frame.is_online });
      }
      // The read model knows a moment later.
      if (frame.type === "conversation_changed" || frame.type === "visitor_presence") {
        for (const wait of SETTLED_MS) {
          setTimeout(() => void queries.invalidateQueries({ queryKey: ["card", visitor] }), wait);
        }
      }
    },
    [visitor],
  );
  useLiveFrames(listen);
  return useQuery({
    queryKey: ["card", visitor],
    queryFn: () => get<VisitorCard>(`/conversations/${visitor}`),
    refetchInterval: 30_000,
  });
}
