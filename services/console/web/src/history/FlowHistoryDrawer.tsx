import { Drawer } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { type Editing, Versions } from "./Versions";

/** The versions of a flow, compared and rolled back to. */
export default function FlowHistoryDrawer({
  flow,
  name,
  isOpen,
  onClose,
  editing = null,
}: {
  readonly flow: string;
  readonly name: string;
  readonly isOpen: boolean;
  readonly onClose: () => void;
  readonly editing?: Editing | null;
}) {
  const { t } = useTranslation("history");
  return (
    <Drawer
      opened={isOpen}
      onClose={onClose}
      position="right"
      size="min(1320px, 96vw)"
      title={t("title", { name })}
      closeButtonProps={{ "aria-label": t("close") }}
    >
      <Versions flow={flow} editing={editing} />
    </Drawer>
  );
}
