import { useTranslation } from "react-i18next";
import { useNotice } from "../app/useNotice";
import type { FlowDefinition } from "../contract";
import { becoming } from "../drafts/becoming";
import { currentSession } from "../drafts/useDraftSession";
import { useEditor } from "../editor/useEditor";
import FlowHistoryDrawer from "./FlowHistoryDrawer";

/** The versions of the flow that is edited, compared and rolled back to. Inside an editor. */
export default function HistoryDrawer({ isOpen, onClose }: { readonly isOpen: boolean; readonly onClose: () => void }) {
  const { t } = useTranslation("history");
  const { flow, definition, apply, rebase, isReadOnly } = useEditor();
  const notice = useNotice();
  const onTake = (taken: FlowDefinition, version: number) => {
    apply(becoming(definition, taken));
    notice.done(t("taken", { version }));
    onClose();
  };
  // Whoever had changed nothing sees what runs now; what was changed stays, and is not lost by a rollback.
  const onRolledBack = (back: FlowDefinition, version: number) => {
    const session = currentSession(flow);
    if (session?.keeping().is !== "clean") return;
    void session.abandon(back, version);
    apply(becoming(definition, back));
    rebase(version);
  };
  const editing = { mine: definition, onTake, onRolledBack };
  return (
    <FlowHistoryDrawer
      flow={flow}
      name={definition.name}
      isOpen={isOpen}
      onClose={onClose}
      editing={isReadOnly ? null : editing}
    />
  );
}
