import { Button, Group, Modal, Stack, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { Line } from "./listing";
import { useRemove } from "./useRemove";

/** Asks before a flow is deleted. */
export function DeleteFlow({ line, onClose }: { readonly line: Line | null; readonly onClose: () => void }) {
  const { t } = useTranslation("flows");
  const remove = useRemove();
  return (
    <Modal
      opened={line !== null}
      onClose={onClose}
      title={t("deleteTitle", { name: line?.name })}
      closeButtonProps={{ "aria-label": t("close") }}
    >
      {line && (
        <Stack gap="md">
          <Text size="sm">{t(line.versions === 0 ? "deleteDraftHow" : line.active ? "deleteActiveHow" : "deleteHow")}</Text>
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose} data-autofocus>
              {t("cancel")}
            </Button>
            <Button
              color="red"
              loading={remove.isPending}
              onClick={() => remove.mutate(line, { onSettled: onClose })}
            >
              {t("delete")}
            </Button>
          </Group>
        </Stack>
      )}
    </Modal>
  );
}
