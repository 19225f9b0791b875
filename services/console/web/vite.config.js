import { defineConfig } from "vite";

export default defineConfig({
  build: {
    target: "es2022",
    outDir: "../static",
    emptyOutDir: true,
    modulePreload: false,
    // A strict CSP allows files of our own, and no data: addresses in styles.
    assetsInlineLimit: 0,
  },
  server: { proxy: { "/api": "http://127.0.0.1:8081", "/sign-in": "http://127.0.0.1:8081" } },
});
