import { defineConfig } from "vite";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";

const STATIC = new URL("../static/", import.meta.url);

/** The rest is asked for by its content, so that browsers and proxies may keep it for ever. */
function mainWithVersion() {
  const hash = createHash("sha256").update(readFileSync(new URL("widget-main.js", STATIC)));
  return `widget-main.js?v=${hash.digest("hex").slice(0, 12)}`;
}

/** Two classic scripts, built one after the other (`--mode main`, then `--mode loader`): modules would need CORS. */
export default defineConfig(({ mode }) => ({
  publicDir: false,
  define: mode === "loader" ? { __MAIN__: JSON.stringify(mainWithVersion()) } : {},
  build: {
    target: "es2022",
    outDir: STATIC.pathname,
    emptyOutDir: mode === "main",
    modulePreload: false,
    lib: {
      entry: mode === "loader" ? "src/loader.ts" : "src/main.ts",
      formats: ["iife"],
      name: "frontdeskWidget",
      fileName: () => (mode === "loader" ? "widget.js" : "widget-main.js"),
    },
  },
}));
