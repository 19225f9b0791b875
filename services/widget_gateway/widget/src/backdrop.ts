import { textOn } from "./colour";

/** Puts a colour or the picture of an https address behind the conversation; anything else leaves it plain. */
export function hang(target: HTMLElement, background: string): void {
  const text = textOn(background);
  const picture = /^https:\/\/\S+$/.test(background) ? `url(${JSON.stringify(background)})` : "";
  target.classList.toggle("pictured", picture !== "");
  target.style.setProperty("background-color", text ? background : "");
  target.style.setProperty("background-image", picture);
  // What stands on the ground itself must be readable on this one.
  target.style.setProperty("--on-ground", text ?? "");
}
