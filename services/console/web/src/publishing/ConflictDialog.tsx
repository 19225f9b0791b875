import { Alert, Button, Group, Modal, SegmentedControl, Stack, Text } from "@mantine/core";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import type { FlowDefinition } from "../contract";
import { Comparison } from "../history/Comparison";
import classes from "./ConflictDialog.module.css";
import { type Choices, merge } from "./merge";
import { OverlapList } from "./OverlapList";

/** Two people, or two tabs, went on from the same flow, each in another way. */
export type Divided = {
  /** What both began from; null: nothing. */
  readonly base: FlowDefinition | null;
  readonly mine: FlowDefinition;
  readonly theirs: FlowDefinition;
};

const VIEWS = ["theirs", "mine", "both"] as const;
type View = (typeof VIEWS)[number];

/** Shows what the others did and what is one's own, and lets one decide; whatever is decided can be undone. */
export function ConflictDialog({
  divided,
  title,
  about,
  words,
  onDecide,
  onClose,
}: {
  readonly divided: Divided | null;
  readonly title: string;
  readonly about: string;
  /** What the three ways out are called. */
  readonly words: { readonly theirs: string; readonly mine: string; readonly both: string };
  readonly onDecide: (definition: FlowDefinition, way: View) => void;
  readonly onClose: () => void;
}) {
  const { t } = useTranslation("publishing");
  return (
    <Modal
      opened={divided !== null}
      onClose={onClose}
      size="min(1240px, 96vw)"
      title={title}
      closeButtonProps={{ "aria-label": t("later") }}
    >
      {divided && (
        <Stack gap="sm">
          <Text size="sm">{about}</Text>
          <Deciding divided={divided} words={words} onDecide={onDecide} />
        </Stack>
      )}
    </Modal>
  );
}

type Decision = {
  readonly divided: Divided;
  readonly words: Readonly<Record<View, string>>;
  readonly onDecide: (definition: FlowDefinition, way: View) => void;
};

function Deciding({ divided, words, onDecide }: Decision) {
  const { t } = useTranslation("publishing");
  const { base, mine, theirs } = divided;
  const [view, setView] = useState<View>("theirs");
  const [choices, setChoices] = useState<Choices>({});
  const merged = useMemo(() => merge(base, mine, theirs, choices), [base, mine, theirs, choices]);
  const sides = { theirs: [base ?? theirs, theirs], mine: [base ?? theirs, mine], both: [theirs, merged.definition] } as const;
  const [before, after] = sides[view];
  return (
    <>
      <SegmentedControl
        aria-label={t("compare")}
        value={view}
        onChange={(value) => setView(VIEWS.find((known) => known === value) ?? "theirs")}
        data={VIEWS.map((value) => ({ value, label: t(`views.${value}`) }))}
      />
      <div className={classes.comparison}>
        <Comparison key={view} before={before} after={after} label={t(`labels.${view}`)} />
      </div>
      {merged.overlaps.length === 0 ? (
        <Alert color="teal">{t("noOverlap")}</Alert>
      ) : (
        <OverlapList overlaps={merged.overlaps} divided={divided} choices={choices} onChange={setChoices} />
      )}
      <Group justify="flex-end" gap="xs">
        <Button variant="default" onClick={() => onDecide(theirs, "theirs")}>
          {words.theirs}
        </Button>
        <Button variant="default" onClick={() => onDecide(mine, "mine")}>
          {words.mine}
        </Button>
        <Button data-autofocus onClick={() => onDecide(merged.definition, "both")}>
          {words.both}
        </Button>
      </Group>
    </>
  );
}
