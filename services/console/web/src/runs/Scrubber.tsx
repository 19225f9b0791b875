import { ActionIcon, Group, Slider, Text } from "@mantine/core";
import {
  IconChevronLeft, IconChevronRight, IconPlayerPause, IconPlayerPlay, IconPlayerTrackNext, IconPlayerTrackPrev,
} from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import classes from "./Run.module.css";

type Props = {
  readonly seq: number;
  readonly last: number;
  readonly isPlaying: boolean;
  readonly onStep: (seq: number) => void;
  readonly onPlay: () => void;
};

/** Through the run, step by step. */
export function Scrubber({ seq, last, isPlaying, onStep, onPlay }: Props) {
  const { t } = useTranslation("runs");
  const Play = isPlaying ? IconPlayerPause : IconPlayerPlay;
  const buttons = [
    { word: "first", to: 1, Icon: IconPlayerTrackPrev, isOff: seq <= 1 },
    { word: "previous", to: seq - 1, Icon: IconChevronLeft, isOff: seq <= 1 },
    { word: "next", to: seq + 1, Icon: IconChevronRight, isOff: seq >= last },
    { word: "last", to: last, Icon: IconPlayerTrackNext, isOff: seq >= last },
  ] as const;
  return (
    <div className={classes.scrubber}>
      <ActionIcon variant="filled" radius="xl" aria-label={t(isPlaying ? "pause" : "play")} onClick={onPlay}>
        <Play size={16} aria-hidden />
      </ActionIcon>
      <Group gap={2} wrap="nowrap">
        {buttons.map(({ word, to, Icon, isOff }) => (
          <ActionIcon
            key={word}
            variant="subtle"
            color="gray"
            aria-label={t(word)}
            title={t(word)}
            aria-disabled={isOff}
            {...(isOff ? { "data-disabled": true } : {})}
            onClick={() => !isOff && onStep(to)}
          >
            <Icon size={16} aria-hidden />
          </ActionIcon>
        ))}
      </Group>
      <Slider
        className={classes.slider ?? ""}
        min={1}
        max={Math.max(last, 2)}
        step={1}
        value={seq}
        onChange={(value) => onStep(Math.min(value, last))}
        label={null}
        thumbLabel={t("scrubber")}
        size="sm"
      />
      <Text size="xs" c="dimmed" className={classes.count ?? ""} aria-live="polite">
        {t("step", { seq, count: last })}
      </Text>
    </div>
  );
}
