import { Text } from "@mantine/core";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { Appearance } from "../contract";
import classes from "./DecideAgain.module.css";
import type { RunEvent } from "./events";
import type { Names } from "./useNames";
import type { Said } from "./useSaid";
import { widgetAt } from "./widget";
import { WidgetView } from "./WidgetView";

type Props = {
  readonly recorded: readonly RunEvent[];
  readonly other: readonly RunEvent[];
  readonly seq: number;
  readonly laterBy: number;
  readonly said: Said;
  readonly looks: Appearance;
  readonly names: Names;
};

/** The visitor's window as it was, beside what it would have been. */
export function Windows({ recorded, other, seq, laterBy, said, looks, names }: Props) {
  const { t } = useTranslation("runs");
  const messages = said.messages;
  const was = useMemo(() => widgetAt(recorded, seq, { said: messages, looks, laterBy: 0 }), [recorded, seq, messages, looks]);
  const would = useMemo(() => widgetAt(other, seq, { said: messages, looks, laterBy }), [other, seq, messages, looks, laterBy]);
  return (
    <div className={classes.windows}>
      <div>
        <Text size="sm" fw={500} mb={6}>
          {t("recordedSaid")}
        </Text>
        <div className={classes.window}>
          <WidgetView state={was} names={names} label={t("recordedSaid")} />
        </div>
      </div>
      <div data-role="other">
        <Text size="sm" fw={500} mb={6}>
          {t("otherSaid")}
        </Text>
        <div className={classes.window}>
          <WidgetView state={would} names={names} label={t("otherSaid")} />
        </div>
      </div>
    </div>
  );
}
