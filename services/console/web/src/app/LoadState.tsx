import { Alert, Button, Center, Group, Loader, Text } from "@mantine/core";
import { IconPlugConnectedX } from "@tabler/icons-react";
import type { UseQueryResult } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { useErrorText } from "./useErrorText";

/** A query, as far as it says whether it is there. */
export type Load = Pick<UseQueryResult, "isPending" | "error" | "failureReason" | "data"> & { readonly refetch: () => unknown };

/** Says that something is on its way, or why it is not there and what can be done; nothing once it is there. */
export function LoadState({ query }: { readonly query: Load }) {
  const { t } = useTranslation();
  const errorText = useErrorText();
  const error = query.error ?? (query.data === undefined ? query.failureReason : null);
  if (error && query.data === undefined) {
    return (
      <Alert color="orange" role="alert" icon={<IconPlugConnectedX aria-hidden />}>
        <Group justify="space-between" gap="sm">
          <Text size="sm">{errorText(error)}</Text>
          <Button size="compact-sm" variant="light" color="orange" onClick={() => query.refetch()}>
            {t("retry")}
          </Button>
        </Group>
      </Alert>
    );
  }
  if (!query.isPending) return null;
  return (
    <Center h={160}>
      <Loader size="sm" role="status" aria-label={t("loading")} />
    </Center>
  );
}
