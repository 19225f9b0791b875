import { Alert, Text } from "@mantine/core";
import { IconArrowsSplit, IconCheck, IconQuestionMark, IconX } from "@tabler/icons-react";
import type { TFunction } from "i18next";
import { useTranslation } from "react-i18next";
import type { Comparison, Verdict as Said } from "./comparison";

const LOOKS = {
  equal: { colour: "teal", Icon: IconCheck },
  diverges: { colour: "red", Icon: IconX },
  missing: { colour: "yellow", Icon: IconQuestionMark },
  same_path: { colour: "teal", Icon: IconCheck },
  other_path: { colour: "pink", Icon: IconArrowsSplit },
} as const;

/** What deciding again came to, in a sentence. */
export function Verdict({ comparison, last }: { readonly comparison: Comparison; readonly last: number }) {
  const { t } = useTranslation("runs");
  const { verdict, rest, takenAsRecorded } = comparison;
  const { colour, Icon } = LOOKS[verdict.type];
  return (
    <Alert
      color={colour}
      variant="light"
      role="status"
      p="sm"
      icon={<Icon size={18} aria-hidden />}
      title={said(t, verdict)}
      data-verdict={verdict.type}
    >
      {verdict.type !== "equal" && verdict.type !== "diverges" && rest && <Text size="sm">{t(`rest.${rest}`, { seq: last })}</Text>}
      {takenAsRecorded.length > 0 && <Text size="sm">{t("takenAsRecorded", { seqs: takenAsRecorded.join(", ") })}</Text>}
      <Text size="sm">{t("nothingSent")}</Text>
    </Alert>
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
