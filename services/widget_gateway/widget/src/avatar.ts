import { element } from "./dom";
import { icon } from "./icons";

const ROBOT = "M8 9h8a3 3 0 0 1 3 3v3a3 3 0 0 1-3 3H8a3 3 0 0 1-3-3v-3a3 3 0 0 1 3-3ZM12 9V5.6M9.5 13v1M14.5 13v1";
const PERSON = "M12 12a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7ZM5.5 19.2c.9-3 3.4-4.7 6.5-4.7s5.6 1.7 6.5 4.7";

/** A picture of who speaks; an address that cannot be shown gives way to the drawing. */
export function avatarOf(kind: "robot" | "agent", address: string): HTMLElement {
  const circle = element("span", { class: "avatar", attributes: { "aria-hidden": "true" } });
  circle.append(icon(kind === "robot" ? ROBOT : PERSON));
  if (/^https?:/.test(address)) {
    const picture = element("img", { attributes: { src: address, alt: "", loading: "lazy", referrerpolicy: "no-referrer" } });
    picture.addEventListener("error", () => picture.remove());
    circle.append(picture);
  }
  return circle;
}
