import { Alert, Button, Group, Modal, Stack, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { useErrorText } from "../app/useErrorText";
import { useEditor } from "../editor/useEditor";
import { ProblemList } from "./ProblemList";
import type { Published } from "./publish";

/** Asks for what the flow still lacks before it can start, each with the way to its node. */
export function Missing({
  refused,
  onScenarios,
  onClose,
}: {
  readonly refused: (Published & { readonly type: "refused" }) | null;
  readonly onScenarios: (() => void) | undefined;
  readonly onClose: () => void;
}) {
  const { t } = useTranslation("publishing");
  const errorText = useErrorText();
  const { definition, select, openPanel } = useEditor();
  const show = (node: string) => {
    onClose();
    select([node]);
    openPanel(node);
  };
  const isByScenario = refused?.reason.code === "scenario_failed";
  return (
    <Modal
      opened={refused !== null}
      onClose={onClose}
      size="lg"
      title={t("cannotStart")}
      closeButtonProps={{ "aria-label": t("close") }}
    >
      {refused && (
        <Stack gap="md">
          {refused.problems.length > 0 ? (
            <>
              <Text size="sm">{t("missing")}</Text>
              <ProblemList problems={refused.problems} definition={definition} onShow={show} />
            </>
          ) : (
            <Alert color="red">{errorText(refused.reason)}</Alert>
          )}
          <Group justify="flex-end" gap="xs">
            {isByScenario && onScenarios && (
              <Button
                variant="light"
                onClick={() => {
                  onClose();
                  onScenarios();
                }}
              >
                {t("showScenarios")}
              </Button>
            )}
            <Button variant="default" onClick={onClose} data-autofocus>
              {t("close")}
            </Button>
          </Group>
        </Stack>
      )}
    </Modal>
  );
}
