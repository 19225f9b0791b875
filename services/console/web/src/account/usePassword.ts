import { useMutation } from "@tanstack/react-query";
import { send } from "../api/http";
import { queries } from "../api/queries";
import type { NewPassword } from "../contract";

/** Sets or changes this person's password; the other sessions end. */
export function usePassword() {
  return useMutation({
    mutationFn: (password: NewPassword) => send<void>("PUT", "/password", password),
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: ["me"] });
      void queries.invalidateQueries({ queryKey: ["sessions"] });
    },
  });
}
