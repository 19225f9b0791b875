/** The versions of a flow, compared and rolled back to. */
export default function FlowHistoryDrawer(_: {
  readonly flow: string;
  readonly name: string;
  readonly isOpen: boolean;
  readonly onClose: () => void;
}) {
  return null;
}
