import { IconAlertTriangle } from "@tabler/icons-react";
import type { TFunction } from "i18next";
import { useTranslation } from "react-i18next";
import { Note } from "./Note";
import classes from "./Note.module.css";
import { adviceFor } from "./reasons";

type Props = { readonly code: string; readonly detail: string };

/** Why a node could not do its work, in one sentence, and the way out. */
export function WhatToDo({ code, detail }: Props) {
  const { t } = useTranslation("runs");
  return (
    <Note tone="bad" Icon={IconAlertTriangle} title={failure(t, code, detail)}>
      <WayOut code={code} detail={detail} />
    </Note>
  );
}

/** What to do about a failure, and the service's own words. */
export function WayOut({ code, detail }: Props) {
  const { t } = useTranslation("runs");
  return (
    <>
      <p>
        <b>{t("whatToDo")}</b>
        {t(adviceFor(code), { example: '{{user_fullname or "…"}}' })}
      </p>
      <p className={classes.small}>
        {code}: {detail}
      </p>
    </>
  );
}

/** The sentence of a code; the service's own words for one that is not known here. */
export function failure(t: TFunction<"runs">, code: string, detail: string): string {
  return t(`failure.${code}`, detail);
}
