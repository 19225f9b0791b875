import { useQuery } from "@tanstack/react-query";
import { historyOf } from "../publishing/publish";

/** What happened to a flow, the newest first. */
export function useHistory(flow: string) {
  return useQuery({ queryKey: ["history", flow], queryFn: () => historyOf(flow) });
}
