import { IconArrowsSplit, IconCheck, IconQuestionMark, IconX } from "@tabler/icons-react";
import type { TFunction } from "i18next";
import { useTranslation } from "react-i18next";
import type { Comparison, Verdict as Said } from "./comparison";
import { Note } from "./Note";

const LOOKS = {
  equal: { tone: "good", Icon: IconCheck },
  diverges: { tone: "bad", Icon: IconX },
  missing: { tone: "waiting", Icon: IconQuestionMark },
  same_path: { tone: "good", Icon: IconCheck },
  other_path: { tone: "other", Icon: IconArrowsSplit },
} as const;

/** What deciding again came to, in a sentence. */
export function Verdict({ comparison, last }: { readonly comparison: Comparison; readonly last: number }) {
  const { t } = useTranslation("runs");
  const { verdict, rest, takenAsRecorded } = comparison;
  const { tone, Icon } = LOOKS[verdict.type];
  const isPath = verdict.type === "other_path" || verdict.type === "same_path";
  return (
    <Note tone={tone} Icon={Icon} role="status" kind={verdict.type} title={said(t, verdict)}>
      {isPath && rest && <p>{t(`rest.${rest}`, { seq: last })}</p>}
      {takenAsRecorded.length > 0 && <p>{t("takenAsRecorded", { seqs: takenAsRecorded.join(", ") })}</p>}
      <p>{t("nothingSent")}</p>
    </Note>
  );
}

function said(t: TFunction<"runs">, verdict: Said): string {
  switch (verdict.type) {
    case "equal":
      return t("verdict.equal", { events: verdict.events });
    case "diverges":
      return t("verdict.diverges", { seq: verdict.seq });
    case "missing":
      return t("verdict.missing", { name: verdict.name });
    case "same_path":
      return t(verdict.saysElse ? "verdict.sameElse" : "verdict.same");
    default:
      return t("verdict.other", { seq: verdict.seq });
  }
}
