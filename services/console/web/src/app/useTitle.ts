import { useEffect } from "react";
import { useTranslation } from "react-i18next";

/** Names the browser's tab by the page that is shown: the part of the path that the shell has a word for. */
export function useTitle(path: string): void {
  const { t, i18n } = useTranslation();
  const part = path.split("/")[1] ?? "";
  useEffect(() => {
    document.title = i18n.exists(part) ? `${t(part)} · Frontdesk` : "Frontdesk";
  }, [part, t, i18n]);
}
