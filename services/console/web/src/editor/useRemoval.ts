import { notifications } from "@mantine/notifications";
import { useCallback } from "react";
import { useTranslation } from "react-i18next";
import { NOTE_MARK } from "../canvas/boxes";
import { type Change, together } from "../graph/change";
import { fromKey, nameOf } from "../graph/definition";
import { useEditor } from "./useEditor";
import { useWaiting } from "./useWaiting";

/** Removes nodes with their edges, edges and comments; says so where runs still wait. */
export function useRemoval(): (keys: readonly string[]) => void {
  const { t } = useTranslation("editor");
  const { definition, apply, isReadOnly } = useEditor();
  const waiting = useWaiting();
  return useCallback(
    (keys) => {
      if (keys.length === 0 || isReadOnly) return;
      apply(together(keys.map(removal)), undefined, []);
      for (const id of keys.filter((key) => (waiting[key] ?? 0) > 0)) {
        const message = t("waiting", { count: waiting[id] ?? 0 });
        notifications.show({ title: nameOf(definition, id), message, color: "blue", autoClose: 10_000 });
      }
    },
    [apply, definition, isReadOnly, t, waiting],
  );
}

function removal(key: string): Change {
  if (key.startsWith(NOTE_MARK)) return { type: "put_comment", id: key.slice(NOTE_MARK.length), comment: null };
  const [from, outcome] = fromKey(key);
  return outcome ? { type: "disconnect", from, outcome } : { type: "remove_node", id: key };
}
