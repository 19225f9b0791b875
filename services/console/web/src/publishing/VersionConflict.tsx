import { useTranslation } from "react-i18next";
import { useNotice } from "../app/useNotice";
import { useTimeText } from "../app/useTimeText";
import { becoming } from "../drafts/becoming";
import { useEditor } from "../editor/useEditor";
import type { FlowDefinition } from "../contract";
import { ConflictDialog } from "./ConflictDialog";
import type { Conflict, Published } from "./publish";
import { usePerson } from "./usePerson";
import { usePublish } from "./usePublish";
import { useStartedNotice } from "./useStartedNotice";

type Way = "theirs" | "mine" | "both";

/** Somebody published while this person edited: who, what, and the ways out. */
export default function VersionConflict({
  conflict,
  activate,
  onOutcome,
  onClose,
}: {
  readonly conflict: Conflict;
  readonly activate: boolean;
  /** The publication on top was refused in turn. */
  readonly onOutcome: (outcome: { readonly published: Published; readonly activate: boolean }) => void;
  readonly onClose: () => void;
}) {
  const { t } = useTranslation("publishing");
  const { definition, apply, rebase } = useEditor();
  const time = useTimeText();
  const person = usePerson();
  const notice = useNotice();
  const tellStarted = useStartedNotice();
  const publish = usePublish();
  const { theirs, base } = conflict;
  const decide = (decided: FlowDefinition, way: Way) => {
    if (way !== "mine") {
      apply(becoming(definition, decided));
      rebase(theirs.version);
      onClose();
      return notice.done(t(way === "both" ? "merged" : "took", { version: theirs.version }));
    }
    const onTop = { definition: decided, base: theirs.version, activate };
    const onSuccess = (published: Published) => {
      if (published.type !== "published") return onOutcome({ published, activate });
      onClose();
      if (activate) tellStarted(decided.name, published.pushed.replaced);
      else notice.done(t("publishedOnly", { version: published.pushed.version }));
    };
    publish.mutate(onTop, { onSuccess, onError: notice.failed });
  };
  return (
    <ConflictDialog
      divided={{ base: base?.definition ?? null, mine: definition, theirs: theirs.definition }}
      title={t("conflict")}
      about={t("conflictHow", {
        who: person(theirs.published_by),
        at: time.at(theirs.published_at),
        version: theirs.version,
        base: base ? `v${base.version}` : t("nothing"),
      })}
      words={{ theirs: t("takeTheirs"), mine: t("publishOnTop"), both: t("mergeBoth") }}
      onDecide={decide}
      onClose={onClose}
    />
  );
}
