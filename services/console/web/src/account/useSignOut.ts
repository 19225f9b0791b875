import { useMutation } from "@tanstack/react-query";
import { useLocation } from "wouter";
import { send } from "../api/http";
import { queries } from "../api/queries";

/** Ends this session, or all of this person's, and leads to the way in. */
export function useSignOut() {
  const [, navigate] = useLocation();
  return useMutation({
    mutationFn: (where: "here" | "everywhere") => send<void>("DELETE", where === "here" ? "/session" : "/sessions"),
    onSuccess: () => {
      queries.clear();
      queries.setQueryData(["me"], null);
      navigate("/sign-in");
    },
  });
}
