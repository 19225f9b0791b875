/** The versions of the flow that is edited, compared and rolled back to. Inside an editor. */
export default function HistoryDrawer(_: { readonly isOpen: boolean; readonly onClose: () => void }) {
  return null;
}
