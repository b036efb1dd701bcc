// Bundles the scripts of the chat and of the widget, each into one file for browsers from Chrome 60 on. The bundles are
// committed, so that Baken runs without Node: docs/decisions/0019-page-scripts.md.
// `npm run build` writes them; `npm run build -- --check` only says whether they are those of the sources.

import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { exit } from "node:process";
import { fileURLToPath } from "node:url";

import { build, version } from "esbuild";

const SCRIPTS = dirname(fileURLToPath(import.meta.url));
const STATIC = join(SCRIPTS, "..", "static");
const BUNDLES = ["chat", "widget"];

/** @param {string | Uint8Array} content */
const sha256 = (content) => createHash("sha256").update(content).digest("hex");

/**
 * The modules of a bundle with what each imports; refuses modules that import one another in a circle.
 * @param {Record<string, { imports: { path: string }[] }>} inputs
 */
function refuseCircles(inputs) {
  const finished = new Set();
  /** @param {string} path @param {string[]} way */
  const walk = (path, way) => {
    if (way.includes(path)) { throw new Error(`modules in a circle: ${[...way, path].join(" → ")}`); }
    if (finished.has(path)) { return; }
    inputs[path].imports.forEach((imported) => walk(imported.path, [...way, path]));
    finished.add(path);
  };
  Object.keys(inputs).forEach((path) => walk(path, []));
}

/** @param {string} name */
async function bundle(name) {
  const result = await build({
    absWorkingDir: SCRIPTS,
    entryPoints: [join(name, "main.js")],
    outfile: join(STATIC, `${name}.bundle.js`),
    bundle: true,
    charset: "utf8",
    format: "iife",
    legalComments: "none",
    metafile: true,
    minify: true,
    target: "chrome60",
    write: false,
  });
  refuseCircles(result.metafile.inputs);
  const sources = Object.keys(result.metafile.inputs).sort();
  return {
    file: `${name}.bundle.js`,
    contents: result.outputFiles[0].contents,
    sources: Object.fromEntries(sources.map((source) => [source, sha256(readFileSync(join(SCRIPTS, source)))])),
  };
}

const bundles = await Promise.all(BUNDLES.map(bundle));
const manifest = {
  esbuild: version,
  bundles: Object.fromEntries(
    bundles.map(({ file, contents, sources }) => [file, { sha256: sha256(contents), sources }]),
  ),
};
/** @type {[string, Uint8Array][]} */
const outputs = [
  ...bundles.map(({ file, contents }) => /** @type {[string, Uint8Array]} */ ([join(STATIC, file), contents])),
  [join(SCRIPTS, "bundles.json"), Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`)],
];
if (process.argv.includes("--check")) {
  const stale = outputs.filter(([path, contents]) => !Buffer.from(contents).equals(readFileSync(path)));
  stale.forEach(([path]) => console.error(`${relative(SCRIPTS, path)} is not what the sources give: npm run build`));
  exit(stale.length ? 1 : 0);
}
outputs.forEach(([path, contents]) => writeFileSync(path, contents));
