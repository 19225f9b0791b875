import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

export default defineConfig({
  plugins: [react()],
  build: {
    target: "es2022",
    // Browsers that know light-dark(): written out for older ones it needs a literal color-scheme, and Mantine's is a variable.
    cssTarget: ["chrome123", "edge123", "firefox128", "safari17.5"],
    outDir: "../static",
    emptyOutDir: true,
    modulePreload: { polyfill: false },
    // The page's policy allows files of our own, and no data: addresses in styles.
    assetsInlineLimit: 0,
    manifest: "manifest.json",
    // elkjs is one file of 1.4 MB, loaded when somebody asks for a layout.
    chunkSizeWarningLimit: 1600,
  },
  server: {
    proxy: {
      "/api": { target: "http://127.0.0.1:8081", ws: true },
      "/sign-in": "http://127.0.0.1:8081",
    },
  },
});
