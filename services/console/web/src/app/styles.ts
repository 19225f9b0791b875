import { convertCssVariables, DEFAULT_THEME, defaultCssVariablesResolver, mergeMantineTheme } from "@mantine/core";
import { theme } from "./theme";

/**
 * Put the theme's colours and the classes of its breakpoints into the page. The page's policy allows no `<style>`, by
 * which Mantine's provider would do it; a constructed sheet is none.
 */
export function startStyles(): void {
  const merged = mergeMantineTheme(DEFAULT_THEME, theme);
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(convertCssVariables(defaultCssVariablesResolver(merged), ":root") + classes(merged.breakpoints));
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
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
