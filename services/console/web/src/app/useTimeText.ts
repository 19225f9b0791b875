import { useTranslation } from "react-i18next";
import { LANGUAGES } from "./words";

const UNITS: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
];

/** Times as people say them in their language: `at` a date and time, `ago` the distance from now. */
export function useTimeText(): { readonly at: (iso: string) => string; readonly ago: (iso: string) => string } {
  const { t, i18n } = useTranslation();
  const locale = i18n.language === "zh" ? LANGUAGES.zh.code : "en-GB";
  const at = (iso: string) =>
    new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "short" }).format(new Date(iso));
  const ago = (iso: string) => {
    const passed_s = Math.max(0, (Date.now() - Date.parse(iso)) / 1000);
    const [unit, length] = UNITS.find(([, seconds]) => passed_s >= seconds) ?? ["second", 1];
    if (unit === "second") return t("justNow");
    const format = new Intl.RelativeTimeFormat(locale, { numeric: "auto" });
    return format.format(-Math.floor(passed_s / length), unit);
  };
  return { at, ago };
}
