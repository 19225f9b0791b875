import { Alert, Text } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import type { TFunction } from "i18next";
import { useTranslation } from "react-i18next";
import { adviceFor } from "./reasons";

/** Why a node could not do its work, in one sentence, and the way out. */
export function WhatToDo({ code, detail, title }: { readonly code: string; readonly detail: string; readonly title?: string }) {
  const { t } = useTranslation("runs");
  return (
    <Alert color="red" variant="light" icon={<IconAlertTriangle size={18} aria-hidden />} title={title ?? failure(t, code, detail)}>
      <Text size="sm">
        <b>{t("whatToDo")}</b> {t(adviceFor(code), { example: '{{user_fullname or "…"}}' })}
      </Text>
      <Text size="xs" mt={4} ff="monospace">
        {code}: {detail}
      </Text>
    </Alert>
  );
}

/** The sentence of a code; the service's own words for one that is not known here. */
export function failure(t: TFunction<"runs">, code: string, detail: string): string {
  return t(`failure.${code}`, detail);
}
