import { convertCssVariables, DEFAULT_THEME, defaultCssVariablesResolver, mergeMantineTheme } from "@mantine/core";
import { theme } from "./theme";

/**
 * Put the theme's colours and the classes of its breakpoints into the page. The page's policy allows no `<style>`, by
 * which Mantine's provider would do it; a constructed sheet is none.
 */
export function startStyles(): void {
  const merged = mergeMantineTheme(DEFAULT_THEME, theme);
  const sheet = new CSSStyleSheet();
  const { variables, light, dark } = defaultCssVariablesResolver(merged);
  const readable = { variables, light: { ...light, ...LIGHT }, dark: { ...dark, ...DARK } };
  sheet.replaceSync(convertCssVariables(readable, ":root") + classes(merged.breakpoints));
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
}

/** Mantine's own are too faint to be read by everybody (WCAG 2.2, 1.4.3: 4.5 to 1). */
const LIGHT = {
  "--mantine-color-dimmed": "#5b626a",
  "--mantine-color-placeholder": "#686f76",
  "--mantine-color-error": "#c92a2a",
  "--mantine-color-red-filled": "#c92a2a",
  "--mantine-color-red-filled-hover": "#b02525",
  "--mantine-color-red-text": "#c92a2a",
};
const DARK = {
  "--mantine-color-dimmed": "#a6a6a6",
  "--mantine-color-placeholder": "#9a9a9a",
  "--mantine-color-error": "#ff8787",
  "--mantine-color-red-text": "#ff8787",
  // Grounds of alerts and badges: a breath of colour, no block of it.
  ...Object.fromEntries(["red", "orange", "yellow", "green", "teal", "blue", "brand"].flatMap(tinted)),
};

function tinted(colour: string): readonly (readonly [string, string])[] {
  const mixed = (percent: number) => `color-mix(in srgb, var(--mantine-color-${colour}-5) ${percent}%, transparent)`;
  return [
    [`--mantine-color-${colour}-light`, mixed(16)],
    [`--mantine-color-${colour}-light-hover`, mixed(24)],
    [`--mantine-color-${colour}-light-color`, `var(--mantine-color-${colour}-2)`],
  ];
}

function classes(breakpoints: Readonly<Record<string, string>>): string {
  return Object.entries(breakpoints)
    .map(
      ([name, width]) =>
        `@media (width < ${width}) {.mantine-visible-from-${name} {display: none !important;}}` +
        `@media (width >= ${width}) {.mantine-hidden-from-${name} {display: none !important;}}`,
    )
    .join("");
}
