import type { PPSettings } from "./handoff";

/** Puts the window where the `launch_style` of a page of PPMessage wants it: left, right or in the middle. */
export function place(panel: HTMLElement, { view }: PPSettings): void {
  const { mode, position = "right", bottom } = view?.launch_style ?? {};
  if (mode !== "custom") return;
  panel.classList.add("placed", position);
  if (typeof bottom === "number") panel.style.setProperty("--bottom", `${bottom}px`);
}
