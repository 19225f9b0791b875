// Fails when a built file is larger than what pages were promised, in gzipped bytes.
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const LIMITS = { "widget.js": 3_000, "widget-main.js": 20_000 };

for (const [name, limit] of Object.entries(LIMITS)) {
  const size = gzipSync(readFileSync(new URL(`../../static/${name}`, import.meta.url)), { level: 9 }).length;
  console.log(`${name}: ${size} of ${limit} bytes gzipped`);
  if (size > limit) {
    console.error(`${name} is ${size - limit} bytes too large: take something out of it`);
    process.exitCode = 1;
  }
}
