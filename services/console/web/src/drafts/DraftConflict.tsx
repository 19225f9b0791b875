import { useTranslation } from "react-i18next";
import { useTimeText } from "../app/useTimeText";
import type { Draft, FlowDefinition } from "../contract";
import { useEditor } from "../editor/useEditor";
import { read } from "../graph/definition";
import { ConflictDialog } from "../publishing/ConflictDialog";

/** Another tab saved this draft meanwhile: both are shown, and neither is lost unseen. */
export default function DraftConflict({
  other,
  base,
  onDecide,
  onClose,
}: {
  readonly other: Draft;
  readonly base: FlowDefinition;
  readonly onDecide: (definition: FlowDefinition, base: number | null) => void;
  readonly onClose: () => void;
}) {
  const { t } = useTranslation("drafts");
  const time = useTimeText();
  const editor = useEditor();
  const theirs = read(other.definition);
  const words = { theirs: t("takeOther"), mine: t("keepThis"), both: t("mergeBoth") };
  return (
    <ConflictDialog
      divided={{ base, mine: editor.definition, theirs }}
      title={t("conflictTitle")}
      about={t("conflictHow", { at: time.at(other.saved_at) })}
      words={words}
      onDecide={(definition, way) => {
        onDecide(definition, way === "mine" ? editor.base : other.base_version);
        onClose();
      }}
      onClose={onClose}
    />
  );
}
