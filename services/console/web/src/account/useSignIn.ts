import { useMutation } from "@tanstack/react-query";
import { useLocation } from "wouter";
import { send } from "../api/http";
import { queries } from "../api/queries";
import type { Credentials, Me } from "../contract";

/** Signs in by e-mail and password, then goes to `next`. */
export function useSignIn(next: string) {
  const [, navigate] = useLocation();
  return useMutation({
    mutationFn: (credentials: Credentials) => send<Me>("POST", "/session", credentials),
    onSuccess: (me) => {
      queries.clear();
      queries.setQueryData(["me"], me);
      navigate(next, { replace: true });
    },
  });
}
