import { useQuery } from "@tanstack/react-query";
import { useCallback } from "react";
import { get } from "../api/http";
import { useLiveFrames } from "../api/live";
import { queries } from "../api/queries";
import type { Flows, LiveFrame } from "../contract";

/** The team's flows and this person's drafts, as they change. */
export function useFlows() {
  useLiveFrames(useCallback(heed, []));
  return useQuery({ queryKey: ["flows"], queryFn: () => get<Flows>("/flows") });
}

function heed(frame: LiveFrame): void {
  if (frame.type !== "flow_changed") return;
  void queries.invalidateQueries({ queryKey: ["flows"] });
  void queries.invalidateQueries({ queryKey: ["history", frame.flow] });
}
