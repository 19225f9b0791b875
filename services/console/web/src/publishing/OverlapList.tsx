import { Alert, SegmentedControl, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { nameOf } from "../graph/definition";
import { short } from "../history/short";
import type { Divided } from "./ConflictDialog";
import classes from "./ConflictDialog.module.css";
import type { Choices, Overlap, Side } from "./merge";

/** What both sides changed, each with the choice whose it shall be. */
export function OverlapList({
  overlaps,
  divided,
  choices,
  onChange,
}: {
  readonly overlaps: readonly Overlap[];
  readonly divided: Divided;
  readonly choices: Choices;
  readonly onChange: (choices: Choices) => void;
}) {
  const { t } = useTranslation("publishing");
  return (
    <Alert color="orange" title={t("overlap", { count: overlaps.length })}>
      <ul className={classes.overlaps}>
        {overlaps.map((overlap) => (
          <li key={overlap.key} className={classes.overlap}>
            <Text size="sm" fw={600}>
              {nameOfPart(overlap.key, divided)}
            </Text>
            <Value side="theirs" overlap={overlap} chosen={choices[overlap.key] ?? "mine"} />
            <Value side="mine" overlap={overlap} chosen={choices[overlap.key] ?? "mine"} />
            <SegmentedControl
              size="xs"
              aria-label={nameOfPart(overlap.key, divided)}
              data={[
                { value: "theirs", label: t("theirs") },
                { value: "mine", label: t("mine") },
              ]}
              value={choices[overlap.key] ?? "mine"}
              onChange={(value) => onChange({ ...choices, [overlap.key]: value === "theirs" ? "theirs" : "mine" })}
            />
          </li>
        ))}
      </ul>
    </Alert>
  );
}

function Value({ side, overlap, chosen }: { readonly side: Side; readonly overlap: Overlap; readonly chosen: Side }) {
  const { t } = useTranslation("publishing");
  const value = overlap[side];
  return (
    <Text size="sm" className={classes.value ?? ""} data-chosen={side === chosen || undefined}>
      <Text span size="xs" c="dimmed">
        {t(side)}{" "}
      </Text>
      {value === undefined ? t("nothing") : short(value)}
    </Text>
  );
}

/** `Ask · text` of `node ask text`. */
function nameOfPart(key: string, { mine, theirs }: Divided): string {
  const [kind = "", id = "", ...rest] = key.split(" ");
  if (kind !== "node" && kind !== "edge") return [id, ...rest].join(" ");
  const name = nameOf(id in mine.nodes ? mine : theirs, id);
  return [name, rest.join(" ")].filter(Boolean).join(" · ");
}
