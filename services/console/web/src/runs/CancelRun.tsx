import { Button, Group, Modal, Stack, Text, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { send } from "../api/http";
import { queries } from "../api/queries";
import { useNotice } from "../app/useNotice";
import type { RunsCancelled } from "../contract";

/** Ends a waiting run, with a reason that stays with it. */
export function CancelRun({ run, onClose }: { readonly run: string; readonly onClose: () => void }) {
  const { t } = useTranslation("runs");
  const notice = useNotice();
  const [reason, setReason] = useState("");
  const cancel = useMutation({
    mutationFn: () => send<RunsCancelled>("POST", `/runs/${run}/cancel`, { reason: reason.trim() }),
    onSuccess: ({ cancelled }) => {
      notice.done(t(cancelled.length > 0 ? "cancelled" : "alreadyOver"));
      void queries.invalidateQueries({ queryKey: ["run", run] });
      onClose();
    },
    onError: notice.failed,
  });
  return (
    <Modal opened onClose={onClose} title={t("cancelTitle")} closeButtonProps={{ "aria-label": t("close") }}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          cancel.mutate();
        }}
      >
        <Stack gap="md">
          <Text size="sm">{t("cancelText")}</Text>
          <TextInput
            label={t("reason")}
            description={t("reasonHint")}
            value={reason}
            maxLength={500}
            data-autofocus
            onChange={({ currentTarget }) => setReason(currentTarget.value)}
          />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t("keepIt")}
            </Button>
            <Button type="submit" color="red" loading={cancel.isPending}>
              {t("cancel")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
