import { useEffect } from "react";
import { useTranslation } from "react-i18next";

/** Names the browser's tab by the page that is shown (the shell's word for the path's first part), after how many wait. */
export function useTitle(path: string, waiting: number): void {
  const { t, i18n } = useTranslation();
  const part = path.split("/")[1] ?? "";
  useEffect(() => {
    const count = waiting > 0 ? `(${waiting > 99 ? "99+" : waiting}) ` : "";
    const page = i18n.exists(part) ? `${t(part)} · ` : "";
    document.title = `${count}${page}Frontdesk`;
  }, [waiting, part, t, i18n]);
}
