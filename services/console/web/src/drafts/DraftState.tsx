import { Button, Group, Text } from "@mantine/core";
import { IconAlertTriangle, IconCloudCheck, IconCloudOff, IconCloudUp, IconGitFork } from "@tabler/icons-react";
import { lazy, Suspense, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { useErrorText } from "../app/useErrorText";
import { useNotice } from "../app/useNotice";
import { useTimeText } from "../app/useTimeText";
import { useEditor } from "../editor/useEditor";
import { read } from "../graph/definition";
import { DiscardDraft } from "./DiscardDraft";
import classes from "./DraftState.module.css";
import type { Keeping } from "./session";
import { useDraftSession } from "./useDraftSession";

const DraftConflict = lazy(() => import("./DraftConflict"));

/** Keeps what is edited as this person's draft, and says whether it is kept. Always mounted inside an editor. */
export function DraftState() {
  const { t } = useTranslation("drafts");
  const { isReadOnly } = useEditor();
  const { session, keeping, decide } = useDraftSession();
  const notice = useNotice();
  const [isDeciding, setIsDeciding] = useState(false);
  const other = keeping.is === "conflict" ? keeping.other : null;
  const isUntouched = keeping.is === "conflict" && keeping.isUntouched;
  useEffect(() => {
    if (!other || !isUntouched) return;
    decide(read(other.definition), other.base_version);
    notice.done(t("taken"));
    // Once for each draft that another tab saved.
  }, [other, isUntouched]);
  if (isReadOnly) return null;
  return (
    <Group gap={6} wrap="nowrap">
      <Said keeping={keeping} />
      {other && !isUntouched && (
        <Button size="compact-sm" variant="light" color="orange" onClick={() => setIsDeciding(true)}>
          {t("decide")}
        </Button>
      )}
      <DiscardDraft isOffered={keeping.is === "saved" || keeping.is === "refused"} />
      {isDeciding && other && (
        <Suspense>
          <DraftConflict other={other} base={session.stored} onDecide={decide} onClose={() => setIsDeciding(false)} />
        </Suspense>
      )}
    </Group>
  );
}

const ICONS = {
  clean: IconCloudCheck,
  saved: IconCloudCheck,
  pending: IconCloudUp,
  saving: IconCloudUp,
  away: IconCloudOff,
  conflict: IconGitFork,
  refused: IconAlertTriangle,
} as const;

function Said({ keeping }: { readonly keeping: Keeping }) {
  const { t } = useTranslation("drafts");
  const time = useTimeText();
  const errorText = useErrorText();
  const Icon = ICONS[keeping.is];
  const isTrouble = keeping.is === "away" || keeping.is === "conflict" || keeping.is === "refused";
  const title =
    keeping.is === "saved" ? time.at(keeping.at) : keeping.is === "refused" ? errorText(keeping.error) : undefined;
  return (
    <Text
      size="sm"
      role="status"
      className={classes.state ?? ""}
      data-trouble={isTrouble || undefined}
      data-keeping={keeping.is}
      title={title}
    >
      <Icon size={16} stroke={1.6} aria-hidden />
      <span className={classes.words}>{t(keeping.is)}</span>
    </Text>
  );
}
