import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

export default defineConfig({
  plugins: [react()],
  build: {
    target: "es2022",
    // The first ones that know light-dark(): what would be written for older ones follows no scheme that is chosen by a
    // variable, as Mantine does, and then no colour is valid.
    cssTarget: ["chrome123", "edge123", "firefox120", "safari17.5"],
    outDir: "../static",
    emptyOutDir: true,
    modulePreload: { polyfill: false },
    // The page's policy allows files of our own, and no data: addresses in styles.
    assetsInlineLimit: 0,
    manifest: "manifest.json",
  },
  server: {
    proxy: {
      "/api": { target: "http://127.0.0.1:8081", ws: true },
      "/sign-in": "http://127.0.0.1:8081",
    },
  },
});
