import { useQuery } from "@tanstack/react-query";
import type { Me } from "../contract";
import { ApiError, get } from "./http";

/** Who is signed in here; null when nobody is. */
export function useMe() {
  return useQuery({ queryKey: ["me"], queryFn: me, staleTime: 60_000 });
}

async function me(): Promise<Me | null> {
  try {
    return await get<Me>("/session");
  } catch (error) {
    if (error instanceof ApiError && error.status === 401) return null;
    throw error;
  }
}
