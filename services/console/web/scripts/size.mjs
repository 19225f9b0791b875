// Says what the browser loads before anything can be seen, and fails above the limit.
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const LIMIT_KB = 350;
const STATIC = new URL("../../static/", import.meta.url);
const manifest = JSON.parse(readFileSync(new URL("manifest.json", STATIC), "utf8"));

const files = new Set(["index.html"]);
const follow = (key) => {
  const entry = manifest[key];
  if (files.has(entry.file)) return;
  files.add(entry.file);
  for (const style of entry.css ?? []) files.add(style);
  for (const other of entry.imports ?? []) follow(other);
};
follow("index.html");

const bytes = [...files].reduce((sum, file) => sum + gzipSync(readFileSync(new URL(file, STATIC))).length, 0);
const kb = bytes / 1000;
console.log(`console: ${kb.toFixed(1)} kB gzipped at the start, at most ${LIMIT_KB}`);
if (kb > LIMIT_KB) process.exit(1);
