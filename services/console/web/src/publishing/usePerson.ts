import { useQuery } from "@tanstack/react-query";
import { get } from "../api/http";
import { useMe } from "../api/useMe";
import type { TeamSettings } from "../contract";
import { useTranslation } from "react-i18next";

/** What to call whoever did something: a person by name, else as the record says. */
export function usePerson(): (by: string) => string {
  const { t } = useTranslation("publishing");
  const me = useMe().data;
  const team = useQuery({ queryKey: ["team"], queryFn: () => get<TeamSettings>("/team"), staleTime: 60_000 });
  return (by) => {
    if (!by) return t("somebody");
    if (by === me?.agent) return t("you");
    return team.data?.agents?.find((agent) => agent.id === by)?.name || by;
  };
}
