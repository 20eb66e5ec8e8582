// The core and pkg-template/ → esbuild → terser → pkg/.
import { cpSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import esbuild from "esbuild";
import { minify } from "terser";
import { inRoot } from "../lib/paths.mjs";
import { asFunction, checkTexts, withDeafClosures, withOwnNames, withoutNode, withPromises } from "./corrections.mjs";
import { licenses, template, work } from "./files.mjs";
import { CORE_TEXT, decoder, literal } from "./text.mjs";

// Assembled beside and swapped in at the end: a build that fails leaves the last good package.
const out = join(work, "pkg");
const { version } = JSON.parse(readFileSync(template("package.json"), "utf8"));

/** The browsers that the files are written for; older ones lack what the package cannot do without. */
const target = ["safari14", "chrome90", "firefox88"];
/** What esbuild would write otherwise for these browsers, because of bugs that nothing here meets: Safari 14's with default functions in patterns, Chrome 90's with spread arguments of a chained call. */
const supported = { destructuring: true, "optional-chain": true };
/** Names that a classic script of the page may have declared for something of its own (`let open = …`), which every module then sees. The properties of `window` are not touched by that. */
const ofWindow = { self: "window", ...Object.fromEntries(["close", "history", "open", "performance"].map((name) => [name, `window.${name}`])) };
const common = { minify: true, target, supported, charset: "utf8", legalComments: "none", write: false, define: { __VERSION__: JSON.stringify(version), ...ofWindow } };

/** Entries that are bundled whole, and files that only refer to each other. */
const bundled = ["index", "sync", "core", "fallback", "hand-over", "callback", "debug"];
const plain = ["providers", "options", "controller", "react", "vue", "angular", "element", "element-define"];
const global = "connect-widget.global";

export async function assemble() {
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out, { recursive: true });
  const parts = [apart, virtual({ "#glue": await freshGlue(), "#wasm2js": asFunction(readFileSync(join(work, "core.wasm.js"), "utf8")), "#bytes": decoder })];
  for (const name of bundled) await bundle(name, { parts });
  await bundle(global, { parts, from: "global", format: "iife" });
  for (const name of ["index", "callback", "fallback", "debug"]) await bundle(name, { parts, from: name === "index" ? "sync" : name, format: "cjs" });
  for (const name of plain) await transform(name);
  copyTypes();
  for (const name of ["package.json", "README.md", "callback.html"]) cpSync(template(name), join(out, name));
  // What debug.js links to.
  cpSync(inRoot("www", "docs", "troubleshooting.md"), join(out, "troubleshooting.md"));
  for (const name of licenses()) cpSync(inRoot(name), join(out, name));
  rmSync(inRoot("pkg"), { recursive: true, force: true });
  cpSync(out, inRoot("pkg"), { recursive: true });
}

/**
 * wasm-bindgen's glue as a function that makes a fresh one: it keeps its state in its module, and after a trap both it and the core have to
 * be new. It answers `imports` (for the core, by the names that wasm-opt gave them), `__wbg_set_wasm`, `guard` and what src/bindings.rs exports.
 */
async function freshGlue() {
  const { imports, exports } = JSON.parse(readFileSync(join(work, "names.json"), "utf8"));
  const made = checkTexts(readFileSync(join(work, "wasm", "connect_widget_wasm_bg.js"), "utf8"));
  const bound = withoutNode(withPromises(withDeafClosures(made)));
  const glue = exports.reduce((text, [name, short]) => text.replaceAll(new RegExp(`\\bwasm\\.${name}\\b`, "g"), `wasm.${short}`), bound);
  const api = [...glue.matchAll(/^export function ((?!__)\w+|__wbg_set_wasm)\b/gm)].map(([, name]) => name);
  const imported = imports.map(([, name, short]) => `${short}: glue.${name}`);
  const contents = `import * as glue from "#glue"; import { ${api} } from "#glue"; import { calmed, guard } from "./calm.js"; made = { imports: calmed({ ${imported} }), guard, ${api} };`;
  const { outputFiles } = await esbuild.build({ ...common, minify: false, stdin: { contents, resolveDir: template() }, bundle: true, format: "iife", plugins: [virtual({ "#glue": glue })] });
  return `export function make() { let made; ${outputFiles[0].text} return made; }`;
}

/** Modules that are no files, by their names. */
const virtual = (files) => ({
  name: "virtual",
  setup(build) {
    build.onResolve({ filter: /^#/ }, ({ path }) => ({ path, namespace: "virtual" }));
    build.onLoad({ filter: /.*/, namespace: "virtual" }, ({ path }) => ({ contents: files[path], loader: "js", resolveDir: work }));
  },
});

/** What is loaded only where it is needed stays a file of its own. */
const apart = {
  name: "apart",
  setup(build) {
    build.onResolve({ filter: /^\.\/(core|fallback|hand-over|debug)\.js$/ }, ({ path, kind }) => (kind === "dynamic-import" ? { path, external: true } : undefined));
  },
};

/**
 * A file with all that it imports. Where that is the core, its text is a line of its own, where no minifier touches it, and after the code: a file
 * that begins with bytes that no text has is taken for no text (Modern Web's server, `file`).
 */
async function bundle(name, { parts, from = name, format = "esm" }) {
  const file = join(out, `${name}.${format === "cjs" ? "cjs" : "js"}`);
  // A .cjs file requires: import() in one needs a flag under Jest, whose jsdom lacks two classes of the glue's.
  const forNode = format === "cjs" ? { supported: { ...supported, "dynamic-import": false }, platform: "neutral", inject: [template("text-codecs.js")] } : {};
  const result = await esbuild.build({ ...common, ...forNode, entryPoints: [template(`${from}.js`)], outfile: file, bundle: true, format, sourcemap: "external", plugins: parts });
  const made = (end) => result.outputFiles.find(({ path }) => path.endsWith(end)).text;
  const minified = { code: made(format === "cjs" ? ".cjs" : ".js"), map: made(".map") };
  const { code, map } = name === "fallback" || format === "cjs" ? minified : await shrink(minified, format);
  const isGlobal = format === "iife";
  const core = code.includes(CORE_TEXT) ? `const ${CORE_TEXT}=${literal(readFileSync(join(work, "core.wasm")))};\n` : "";
  const text = format === "cjs" ? withCommonJs(code) : code;
  const isClass = format === "cjs" && name === "index";
  const [begin, end] = isGlobal && core ? ["(()=>{", "})();\n"] : ["", isClass ? "module.exports=Object.assign(module.exports.default,module.exports);\n" : ""];
  // A byte order mark, so that a page in another encoding reads a script tag's file as UTF-8. And the core's glue is compiled where it
  // is loaded, in idle time, rather than function by function in the first click (V8's explicit compile hint).
  const mark = isGlobal ? "\uFEFF" : name === "core" ? "//# allFunctionsCalledOnLoad\n" : "";
  writeFileSync(file, `${mark}${begin}${text}${core}${end}${format === "cjs" ? "" : `//# sourceMappingURL=${name}.js.map\n`}`);
  if (format === "cjs") return;
  const shifted = JSON.parse(map);
  writeFileSync(`${file}.map`, JSON.stringify({ ...shifted, sources: shifted.sources.map(inSources), mappings: ";".repeat(mark.split("\n").length - 1) + shifted.mappings }));
}

/** A source by its place in the repository. */
const inSources = (source) => source.replace(/^(\.\.\/)+/, "");

async function transform(name) {
  const source = readFileSync(template(`${name}.js`), "utf8");
  const { write, define, ...options } = common;
  const imported = await esbuild.transform(source, { ...options, sourcemap: "external", sourcefile: `pkg-template/${name}.js` });
  const { code, map } = await shrink(imported, "esm");
  writeFileSync(join(out, `${name}.js`), `${code}//# sourceMappingURL=${name}.js.map\n`);
  writeFileSync(join(out, `${name}.js.map`), map);
  const required = await esbuild.transform(source, { ...options, format: "cjs", platform: "neutral" });
  writeFileSync(join(out, `${name}.cjs`), withCommonJs(required.code));
}

/**
 * What esbuild has minified, once more: a thirtieth less. Not the core as JavaScript, which would take half a minute and be no
 * smaller; and not what is required, where esbuild's dead code tells Node the names of the exports.
 */
async function shrink({ code, map }, format) {
  // "use client" is a directive that terser does not know.
  const compress = { passes: 3, directives: false };
  const shrunk = await minify(code, { module: format === "esm", ecma: 2020, compress, sourceMap: { content: map, includeSources: true } });
  return { code: `${shrunk.code}\n`, map: shrunk.map };
}

/** Files that are required require each other. */
const withCommonJs = (code) => withOwnNames(code).replace(/require\("\.\/([\w-]+)\.js"\)/g, 'require("./$1.cjs")');

/** The hand-written types, once for each module format; the script tag's file has none. */
function copyTypes() {
  for (const file of readdirSync(template()).filter((file) => file.endsWith(".d.ts"))) {
    const text = readFileSync(template(file), "utf8");
    writeFileSync(join(out, file), text);
    if (file !== `${global}.d.ts`) writeFileSync(join(out, file.replace(/\.ts$/, ".cts")), text.replace(/((?:from|module) "\.\/[\w-]+)\.js"/g, '$1.cjs"'));
  }
}
