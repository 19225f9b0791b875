import { useQuery } from "@tanstack/react-query";
import { get } from "../api/http";
import type { Sessions } from "../contract";

/** This person's sessions, the one that was used last first. */
export function useSessions() {
  return useQuery({ queryKey: ["sessions"], queryFn: () => get<Sessions>("/sessions") });
}
