import { Alert, Button, Group, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { ApiError } from "../api/http";
import { useErrorText } from "../app/useErrorText";

type Props = { readonly error: unknown; readonly onRetry: () => void };

/** Why a flow is not there to be edited, and the ways on. */
export function Unopened({ error, onRetry }: Props) {
  const { t } = useTranslation("editor");
  const { t: tCommon } = useTranslation();
  const { t: tErrors } = useTranslation("errors");
  const errorText = useErrorText();
  // 400: what the address names can be no flow's id.
  const isGone = error instanceof ApiError && (error.status === 404 || error.status === 400);
  return (
    <Alert color="orange" role="alert" m="md">
      <Text size="sm">{isGone ? tErrors("unknown_flow") : errorText(error)}</Text>
      <Group gap="xs" mt="sm">
        <Button component={Link} href="/flows" size="compact-sm" variant="default">
          {t("back")}
        </Button>
        {!isGone && (
          <Button size="compact-sm" variant="default" onClick={onRetry}>
            {tCommon("retry")}
          </Button>
        )}
      </Group>
    </Alert>
  );
}
