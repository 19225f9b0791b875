import { Badge } from "@mantine/core";
import { IconBan, IconCheck, IconClockPause, IconPlayerPlay, IconX } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { Status } from "./events";

const LOOKS = {
  waiting: { colour: "yellow", Icon: IconClockPause },
  running: { colour: "blue", Icon: IconPlayerPlay },
  completed: { colour: "teal", Icon: IconCheck },
  failed: { colour: "red", Icon: IconX },
  cancelled: { colour: "gray", Icon: IconBan },
} as const;

/** How a run stands, by word, colour and sign. */
export function StatusBadge({ status }: { readonly status: Status }) {
  const { t } = useTranslation("runs");
  const { colour, Icon } = LOOKS[status];
  return (
    <Badge
      variant="light"
      color={colour}
      size="md"
      tt="none"
      fw={500}
      leftSection={<Icon size={13} stroke={2.2} aria-hidden />}
      data-status={status}
    >
      {t(`status.${status}`)}
    </Badge>
  );
}
