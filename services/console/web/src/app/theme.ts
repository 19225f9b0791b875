import { Alert, createTheme, defaultVariantColorsResolver, Drawer, type MantineColorsTuple, Menu, Modal } from "@mantine/core";

const teal: MantineColorsTuple = [
  "#eefaf7", "#d8f1ec", "#abe2d8", "#7bd2c2", "#54c4b0", "#33a591", "#0f766e", "#0c635c", "#094f4a", "#063b37",
];

/** Colours, type and habits of every part of the console. */
export const theme = createTheme({
  primaryColor: "brand",
  primaryShade: { light: 6, dark: 4 },
  autoContrast: true,
  // Mantine works out what is readable on the primary colour of light pages only, and says so in the element's style.
  variantColorResolver: (input) => {
    const colours = defaultVariantColorsResolver(input);
    const isPrimary = !input.color || input.color === input.theme.primaryColor;
    return input.variant === "filled" && isPrimary ? { ...colours, color: "var(--mantine-primary-color-contrast)" } : colours;
  },
  colors: { brand: teal },
  fontFamily: 'Inter, system-ui, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif',
  defaultRadius: "md",
  cursorType: "pointer",
  components: {
    // A title in the alert's colour is hard to read on its ground; the icon carries it.
    Alert: Alert.extend({ styles: { title: { color: "var(--mantine-color-text)" } } }),
    // A menu has nothing but entries for those who hear it: the first one gets the focus.
    Menu: Menu.extend({ defaultProps: { withInitialFocusPlaceholder: false } }),
    // The scroll lock would put a <style> into the page, which its policy does not allow.
    Modal: Modal.extend({ defaultProps: { lockScroll: false } }),
    Drawer: Drawer.extend({ defaultProps: { lockScroll: false } }),
  },
});
