import { ActionIcon, Button, Group, Popover, Text, Tooltip } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconTrashX } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { useEditor } from "../editor/useEditor";
import { useDiscard } from "./useDiscard";

/** Goes back to the version that the draft began from; the edit is one more that can be undone. */
export function DiscardDraft({ isOffered }: { readonly isOffered: boolean }) {
  const { t } = useTranslation("drafts");
  const { base } = useEditor();
  const [isOpen, asking] = useDisclosure(false);
  const discard = useDiscard();
  if (!isOffered || base === null) return null;
  return (
    <Popover opened={isOpen} onChange={asking.toggle} width={280} trapFocus shadow="md">
      <Popover.Target>
        <Tooltip label={t("discard")}>
          <ActionIcon variant="subtle" color="gray" aria-label={t("discard")} onClick={asking.toggle}>
            <IconTrashX size={16} stroke={1.6} aria-hidden />
          </ActionIcon>
        </Tooltip>
      </Popover.Target>
      <Popover.Dropdown>
        <Text size="sm">{t("discardHow", { version: base })}</Text>
        <Group justify="flex-end" gap="xs" mt="sm">
          <Button size="compact-sm" variant="default" onClick={asking.close}>
            {t("cancel")}
          </Button>
          <Button
            size="compact-sm"
            color="red"
            loading={discard.isPending}
            onClick={() => discard.mutate(base, { onSuccess: asking.close })}
          >
            {t("discard")}
          </Button>
        </Group>
      </Popover.Dropdown>
    </Popover>
  );
}
