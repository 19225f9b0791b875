import { IconBan, IconCheck, IconClockPause, IconPlayerPlay, IconX } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { Status } from "./events";
import classes from "./StatusBadge.module.css";

const SIGNS = {
  waiting: IconClockPause,
  running: IconPlayerPlay,
  completed: IconCheck,
  failed: IconX,
  cancelled: IconBan,
} as const;

/** How a run stands, by word, colour and sign. */
export function StatusBadge({ status }: { readonly status: Status }) {
  const { t } = useTranslation("runs");
  const Sign = SIGNS[status];
  return (
    <span className={classes.badge} data-status={status}>
      <Sign size={13} stroke={2.2} aria-hidden />
      {t(`status.${status}`)}
    </span>
  );
}
