import { Badge } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { useLive } from "../api/live";

/** Says that the service, or the bus behind it, does not answer; nothing while both do. */
export function Away() {
  const { t } = useTranslation();
  const { link } = useLive();
  if (link === "up") return null;
  return (
    <Badge color="orange" variant="light" role="status">
      {t(link === "bus_away" ? "busAway" : "serviceAway")}
    </Badge>
  );
}
