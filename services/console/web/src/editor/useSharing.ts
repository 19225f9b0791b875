import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { copied, pasted } from "../graph/clipboard";
import { announce } from "./useAnnounce";
import { useEditor } from "./useEditor";
import { useRemoval } from "./useRemoval";

/** Copy, cut and paste of nodes as text, by the browser's own events: also from one flow into another. */
export function useSharing(): void {
  const { t } = useTranslation("editor");
  const { definition, selection, apply, isReadOnly } = useEditor();
  const remove = useRemoval();
  useEffect(() => {
    const nodes = [...selection].filter((key) => key in definition.nodes);
    const copy = (event: ClipboardEvent) => {
      if (isElsewhere(event) || nodes.length === 0) return;
      event.preventDefault();
      event.clipboardData?.setData("text/plain", copied(definition, nodes));
      announce(t("copied", { count: nodes.length }));
      if (event.type === "cut") remove(nodes);
    };
    const paste = (event: ClipboardEvent) => {
      if (isElsewhere(event) || isReadOnly) return;
      const content = pasted(definition, event.clipboardData?.getData("text/plain") ?? "", null);
      if (!content) return;
      event.preventDefault();
      apply(content.change, undefined, content.ids);
      announce(t("pasted", { count: content.ids.length }));
    };
    document.addEventListener("copy", copy);
    document.addEventListener("cut", copy);
    document.addEventListener("paste", paste);
    return () => {
      document.removeEventListener("copy", copy);
      document.removeEventListener("cut", copy);
      document.removeEventListener("paste", paste);
    };
  }, [apply, definition, isReadOnly, remove, selection, t]);
}

/** Text in a field, or text that is marked, is the browser's matter. */
function isElsewhere(event: ClipboardEvent): boolean {
  const isMarked = window.getSelection()?.isCollapsed === false;
  return isMarked || (event.target instanceof Element && event.target.closest("input, textarea, select, [role=dialog]") !== null);
}
