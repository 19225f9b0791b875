import { Alert, Button, Group, Modal, Stack, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { useErrorText } from "../app/useErrorText";
import { ProblemList } from "./ProblemList";
import type { Published } from "./publish";

/** Why a draft cannot be started from the list: what is missing, and the way to the editor. */
export function RefusedDialog({
  published,
  flow,
  onClose,
}: {
  readonly published: Published | null;
  readonly flow: string;
  readonly onClose: () => void;
}) {
  const { t } = useTranslation("publishing");
  const errorText = useErrorText();
  return (
    <Modal
      opened={published !== null}
      onClose={onClose}
      size="lg"
      title={t("cannotStart")}
      closeButtonProps={{ "aria-label": t("close") }}
    >
      <Stack gap="md">
        {published?.type === "refused" && published.problems.length > 0 && (
          <>
            <Text size="sm">{t("missing")}</Text>
            <ProblemList problems={published.problems} definition={null} />
          </>
        )}
        {published?.type === "refused" && published.problems.length === 0 && (
          <Alert color="red">{errorText(published.reason)}</Alert>
        )}
        {published?.type === "conflict" && <Text size="sm">{t("conflictInEditor")}</Text>}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            {t("close")}
          </Button>
          <Button component={Link} href={`/flows/${flow}`}>
            {t("openEditor")}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
