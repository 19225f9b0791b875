/** Starts, publishes and stops the flow that is edited. Inside an editor. */
export function PublishButton(_: { readonly onScenarios?: () => void }) {
  return null;
}
