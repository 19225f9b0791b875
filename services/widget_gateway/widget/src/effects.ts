/** How the launcher asks for attention. */

type Frames = PropertyIndexedKeyframes;

const EFFECTS: Readonly<Record<string, Frames>> = {
  bounce: { transform: ["none", "translateY(-14px)", "none", "translateY(-6px)", "none"] },
  fade: { opacity: [1, 0.25, 1] },
  flash: { opacity: [1, 0, 1, 0, 1] },
  pulse: { transform: ["none", "scale(1.14)", "none"] },
  shake: { transform: ["none", ...[-6, 6, -6, 6].map((x) => `translateX(${x}px)`), "none"] },
  swing: { transform: ["none", ...[16, -12, 8, -5].map((angle) => `rotate(${angle}deg)`), "none"] },
  zoom: { transform: ["none", "scale(0.6)", "scale(1.1)", "none"] },
};

/** Plays the effect twice, if there is one of this name and the visitor does not mind movement. */
export function play(target: Element, effect: string): void {
  const frames = EFFECTS[effect];
  if (!frames || matchMedia("(prefers-reduced-motion: reduce)").matches) return;
  target.animate(frames, { duration: 900, iterations: 2, easing: "ease-in-out" });
}
