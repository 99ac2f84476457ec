// Bundles the scripts into dist: the charts for the JavaScript engine inside the program, the scripts of pages for browsers.
import { build } from "esbuild";

await build({
  entryPoints: ["src/charts.js"],
  outfile: "dist/charts.js",
  bundle: true,
  minify: true,
  format: "iife",
  platform: "neutral",
  mainFields: ["module", "main"],
  // The engine knows ES2015 and most of what came after; the target keeps esbuild from writing newer syntax.
  target: "es2017",
  define: { "process.env.NODE_ENV": '"production"' },
  legalComments: "none",
  banner: { js: "/* Apache ECharts and zrender, licences in the release's list; bundled for Regulars */" },
  logLevel: "warning",
});

await build({
  entryPoints: ["src/till.js", "src/till-worker.js", "src/code-worker.js", "src/live.js", "src/phone.js", "src/card.js", "src/my-worker.js"],
  outdir: "dist",
  bundle: true,
  minify: true,
  format: "iife",
  platform: "browser",
  target: "es2020",
  logLevel: "warning",
});
