const SVG = "http://www.w3.org/2000/svg";

export const CHAT = "M12 3.5c-5 0-9 3.4-9 7.7 0 2.4 1.3 4.6 3.3 6-.1 1.1-.6 2.2-1.4 3 1.7-.1 3.3-.7 4.6-1.7.8.2 1.6.3 2.5.3 5 0 9-3.4 9-7.6s-4-7.7-9-7.7Z";
export const CROSS = "M6 6l12 12M18 6L6 18";

/** A 24 × 24 line drawing that takes the colour of its text and is silent to screen readers. */
export function icon(path: string, name = ""): SVGSVGElement {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  svg.setAttribute("class", `icon ${name}`);
  const line = document.createElementNS(SVG, "path");
  line.setAttribute("d", path);
  svg.append(line);
  return svg;
}
