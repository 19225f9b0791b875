import { IconMessage, IconMessageCircleDown, IconPlugConnected, IconTargetArrow } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { label, TRIGGERS } from "../graph/catalogue";
import classes from "./Trigger.module.css";

const ICONS = {
  widget_loaded: IconPlugConnected,
  widget_opened: IconMessageCircleDown,
  message_sent: IconMessage,
} as const;

/** When a flow starts, as people say it. */
export function Trigger({ trigger }: { readonly trigger: string }) {
  const { i18n } = useTranslation();
  const known = TRIGGERS.find(({ name }) => name === trigger);
  const Icon = Object.entries(ICONS).find(([name]) => name === trigger)?.[1] ?? IconTargetArrow;
  return (
    <span className={classes.trigger}>
      <Icon size={16} stroke={1.6} aria-hidden />
      {known ? label(known, i18n.language) : trigger}
    </span>
  );
}
