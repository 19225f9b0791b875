import { useTranslation } from "react-i18next";
import { ApiError } from "../api/http";

/** A sentence for people, in their language, of why something did not come about and what to do. */
export function useErrorText(): (error: unknown) => string {
  const { t, i18n } = useTranslation("errors");
  return (error) => {
    if (!(error instanceof ApiError)) return t("other");
    // The service speaks English, and says more than a sentence that stands ready.
    const isSaid = i18n.exists(error.code, { ns: "errors" });
    if (isSaid && (i18n.language === "zh" || PREFERRED.has(error.code))) return t(error.code);
    return error.message || t("other");
  };
}

const PREFERRED = new Set(["unreachable", "unavailable", "bad_credentials", "no_session", "unknown_flow"]);
