import { Kbd, Modal, Table } from "@mantine/core";
import { useTranslation } from "react-i18next";

const KEYS = [
  ["tab", ["Tab"]],
  ["walk", ["Alt →", "Alt ←"]],
  ["beside", ["Alt ↑", "Alt ↓"]],
  ["enter", ["Enter"]],
  ["arrows", ["←", "↑", "↓", "→"]],
  ["link", ["C"]],
  ["remove", ["Delete"]],
  ["undo", ["Ctrl Z", "Ctrl Y"]],
  ["copy", ["Ctrl C", "Ctrl X", "Ctrl V"]],
  ["all", ["Ctrl A"]],
  ["search", ["/", "Ctrl F"]],
  ["arrange", ["L"]],
  ["fit", ["0"]],
  ["zoom", ["+", "-"]],
  ["escape", ["Esc"]],
  ["help", ["?"]],
] as const;

/** Every key of the editor. */
export function Shortcuts({ isOpen, onClose }: { readonly isOpen: boolean; readonly onClose: () => void }) {
  const { t } = useTranslation("editor");
  return (
    <Modal opened={isOpen} onClose={onClose} title={t("keys.title")} closeButtonProps={{ "aria-label": t("exit") }} size="lg">
      <Table verticalSpacing={5} withRowBorders={false}>
        <Table.Tbody>
          {KEYS.map(([word, keys]) => (
            <Table.Tr key={word}>
              <Table.Th scope="row" w={200} fw={400}>
                {keys.map((key) => (
                  <Kbd key={key} mr={4}>
                    {key}
                  </Kbd>
                ))}
              </Table.Th>
              <Table.Td>{t(`keys.${word}`)}</Table.Td>
            </Table.Tr>
          ))}
          <Table.Tr>
            <Table.Td colSpan={2}>{t("keys.select")}</Table.Td>
          </Table.Tr>
        </Table.Tbody>
      </Table>
    </Modal>
  );
}
