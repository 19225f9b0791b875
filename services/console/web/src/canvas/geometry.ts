/** How large boxes are drawn, in pixels of the canvas; the stylesheet follows these numbers. */
export const WIDTH = 248;
export const HEAD = 50;
export const ROW = 22;
export const PAD = 7;
/** What boxes snap to. */
export const GRID = 20;
/** How wide a triangle's place is, which one can click; as high as its line. */
export const HANDLE = 26;
/** How far a triangle's tip is outside of its box. */
export const TIP = 9;
/** As many incoming lines as a box shows; the rest is one more line. */
export const MOST_LINES = 8;

export const NOTE = { width: 220, height: 96 } as const;

/** The height of a box with so many lines on its left and its right. */
export function heightOf(incoming: number, outcomes: number): number {
  return HEAD + Math.max(linesOf(incoming), outcomes, 1) * ROW + 2 * PAD;
}

/** How many lines so many incoming edges take. */
export function linesOf(incoming: number): number {
  return incoming > MOST_LINES ? MOST_LINES + 1 : incoming;
}

/** The middle of the line of this number. */
export function middleOf(line: number): number {
  return HEAD + PAD + (line + 0.5) * ROW;
}
