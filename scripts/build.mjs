// npm run build: assembles the publishable package in pkg/ from wasm-pack's output and pkg-template/. With --if-changed, only where
// the sources, the compiler or pkg/ itself are not what they were after the last build.
//
//   cargo → wasm-bindgen (both by wasm-pack) → wasm-opt → wasm2js → esbuild → pkg/
import { cpSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createHash } from "node:crypto";
import { join } from "node:path";
import esbuild from "esbuild";
import { minify } from "terser";
import { inCache, inRoot, logs } from "./lib/paths.mjs";
import { nodeBin, tool, wasmEnv } from "./lib/toolchain.mjs";
import { forPackage, setup } from "./setup.mjs";
import { Failure, main, output, run } from "./lib/run.mjs";
import { step } from "./lib/progress.mjs";
import { digest, isStamped, stamp } from "./lib/stamp.mjs";
import { measure } from "./size/measure.mjs";
import { readModule } from "./size/wasm.mjs";

const work = inCache("build");
// Assembled beside and swapped in at the end: a build that fails leaves the last good package.
const out = join(work, "pkg");
const template = (...parts) => inRoot("pkg-template", ...parts);
const { version } = JSON.parse(readFileSync(template("package.json"), "utf8"));

/** What the smallest core needs beyond a plain `wasm-pack build`, which works and behaves the same. */
const smallest = {
  cargo: ["-Zbuild-std=std,panic_abort", "-Zbuild-std-features=optimize_for_size", "-Zpanic-immediate-abort", "--config", 'profile.release.panic="immediate-abort"'],
  // No reference types: Safari 14 and wasm2js do not know them. Bulk memory only until wasm-opt turns it into a short loop.
  // A small stack, so that memory is one page and the names that follow it have short addresses.
  // Inlining is left to LLVM, which inlines a little more than for "z": repetition is what gzip is good at.
  rustflags: [
    "-Ctarget-cpu=mvp", "-Ctarget-feature=+bulk-memory", "-Zlocation-detail=none", "-Zfmt-debug=none", "-Clink-arg=-zstack-size=4096",
    "-Zmir-opt-level=1", "-Cllvm-args=-inline-threshold=20",
  ],
};

/** Functions keep their names until wasm-opt is done with them, for `npm run size`. */
const withNames = ["--config", "profile.release.strip=false"];

/** Exports that no page calls: wasm-bindgen's own, and what is only compared with the shell in a test. */
const unshipped = ["__*", "redirects"].map((name) => `--remove-exports=${name}`);

/** What wasm-opt is told. Loops and blocks are made anew once (--flatten --rereloop): 1.5 % less than LLVM's. */
export const optimise = [
  "--enable-bulk-memory", "--llvm-memory-copy-fill-lowering", "--low-memory-unused", ...unshipped,
  "--flatten", "--rereloop", "-O4", "-Oz", "--converge", "--strip-producers", "--strip-target-features",
];

const browsers = ["safari14", "chrome90", "firefox88"];

/** What esbuild does without for bugs that touch nothing here: Safari 14's with default functions in patterns, Chrome 90's with spread arguments of a chained call. */
const supported = { destructuring: true, "optional-chain": true };

const global = "connect-widget.global";

/** Properties of flows and of what the shell and the engine share. No app sees them, so the build shortens them as it does `_names`. */
export const internal = [
  "address", "answered", "built", "controller", "demand", "deviceMarks", "done", "foreign", "given", "held", "inbox", "items", "last", "lives",
  "openWindow", "options", "place", "prepare", "record", "silent", "slot", "start", "starting", "subscribers", "timer", "trigger", "widget",
];

/** The entries that stand on their own, and those that share the main one. */
const bundled = ["lazy", "index", "core", "fallback", "callback", global];
const plain = ["refresh", "providers", "controller", "react", "vue", "angular", "element", "element-define"];

export async function build() {
  rmSync(work, { recursive: true, force: true });
  await step("compile the core", compile, { log: join(logs, "build.log") });
  await step("assemble pkg/", assemble);
  stamp(join(work, "stamp"), state());
}

/** All files in a folder of the repository, or the file itself. */
const filesOf = (path) => (statSync(path, { throwIfNoEntry: false })?.isDirectory() ? readdirSync(path).sort().flatMap((name) => filesOf(join(path, name))) : [path]);

const licenses = () => readdirSync(inRoot()).filter((name) => name.startsWith("LICENSE"));

/** What goes into a build and what came out of it, in a few characters. */
const state = () =>
  [
    digest(...["Cargo.toml", "Cargo.lock", "package-lock.json", "src", "wasm", "pkg-template", "scripts/build.mjs", "scripts/lib", "scripts/size", ...licenses()].flatMap((path) => filesOf(inRoot(path)))),
    digest(...["pkg", ".cache/build/core.wasm", ".cache/build/wasm"].flatMap((path) => filesOf(inRoot(path)))),
    output("rustc", ["--version"]),
  ].join(" ");

export async function compile() {
  const log = join(logs, "build.log");
  const unstable = wasmEnv({ unstable: true });
  const { env } = unstable.buildStd ? unstable : wasmEnv();
  const rustflags = smallest.rustflags.filter((flag) => unstable.buildStd || !flag.startsWith("-Z")).join(" ");
  const args = ["build", "wasm", "--release", "--target", "bundler", "--mode", "no-install", "--no-opt", "--no-pack", "--no-typescript", "--out-dir", join(work, "wasm"), "--", "--locked", ...withNames];
  await run(tool("wasm-pack"), [...args, ...(unstable.buildStd ? smallest.cargo : [])], { env: { ...env, RUSTFLAGS: rustflags }, log, label: "wasm-pack" });
  const [compiled, optimised, wasm] = ["wasm/connect_widget_wasm_bg.wasm", "small.wasm", "core.wasm"].map((name) => join(work, name));
  await run(nodeBin("wasm-opt"), [compiled, ...optimise, "--strip-debug", "-o", optimised], { log });
  writeFileSync(join(work, "texts.txt"), takeTexts(optimised));
  const names = output(nodeBin("wasm-opt"), [optimised, "--minify-imports-and-exports-and-modules", "-o", wasm]);
  if (!names) throw new Failure("wasm-opt failed; see its own message");
  writeFileSync(join(work, "names.json"), names);
  await run(nodeBin("wasm2js"), [wasm, "-O", "-o", join(work, "core.wasm.js")], { log });
}

/** Takes the core's texts out of the module, where src/text.rs put them; JavaScript is to hold them. */
function takeTexts(file) {
  const bytes = readFileSync(file);
  const { start, body, end } = readModule(bytes).sections.find(({ name }) => name === "connect_widget_texts");
  writeFileSync(file, Buffer.concat([bytes.subarray(0, start), bytes.subarray(end)]));
  return bytes.subarray(body, end);
}

export async function assemble() {
  const mangleCache = Object.fromEntries(coreExports());
  const trial = await bundle("index", { ...mangleCache }, 100);
  const inlined = coreText(readFileSync(join(work, "core.wasm")), trial.code);
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out, { recursive: true });
  for (const name of bundled) writeBundle(name, await bundle(name, mangleCache, inlined.key), inlined.text);
  for (const name of plain) await transform(name);
  await commonJs();
  copyTypes();
  for (const name of ["package.json", "README.md", "callback.html"]) cpSync(template(name), join(out, name));
  for (const name of licenses()) cpSync(inRoot(name), join(out, name));
  rmSync(inRoot("pkg"), { recursive: true, force: true });
  cpSync(out, inRoot("pkg"), { recursive: true });
}

/** The code and the source map of a self-contained file, but for the core's text. What is loaded only when it is needed stays a file of its own. */
async function bundle(name, mangleCache, key) {
  const isGlobal = name === global;
  const result = await esbuild.build({
    ...common(mangleCache),
    entryPoints: [template(isGlobal ? "global.js" : `${name}.js`)],
    outfile: join(out, `${name}.js`),
    bundle: true,
    write: false,
    format: isGlobal ? "iife" : "esm",
    sourcemap: "external",
    plugins: [parts(key)],
  });
  Object.assign(mangleCache, result.mangleCache);
  const [map, js] = ["map", "js"].map((end) => result.outputFiles.find((file) => file.path.endsWith(`.${end}`)).text);
  return minify(js, { ecma: 2020, module: true, toplevel: true, compress: { passes: 3 }, format: { ascii_only: false }, sourceMap: { content: map, filename: `${name}.js`, asObject: true } });
}

/** The core's text is a line of its own before the code, where no minifier touches it and no source map counts it. */
function writeBundle(name, { code, map }, text) {
  const isGlobal = name === global;
  const hasCore = code.includes(CORE_TEXT);
  const first = (isGlobal ? "(()=>{" : "") + `const ${CORE_TEXT}=${text};\n`;
  // A byte order mark, so that a page in another encoding reads a script tag's file as UTF-8.
  const file = (isGlobal ? "\uFEFF" : "") + (hasCore ? first : "") + code + (hasCore && isGlobal ? "})();" : "");
  writeFileSync(join(out, `${name}.js`), `${file}\n//# sourceMappingURL=${name}.js.map\n`);
  writeFileSync(join(out, `${name}.js.map`), JSON.stringify({ ...map, mappings: (hasCore ? ";" : "") + map.mappings }));
}

const common = (mangleCache) => ({
  minify: true,
  target: browsers,
  supported,
  charset: "utf8",
  legalComments: "none",
  define: { __VERSION__: JSON.stringify(version) },
  mangleProps: new RegExp(`^(_[a-z].*|${[...internal, ...coreExports().keys()].join("|")})$`),
  mangleCache,
});

/** Where the parts of the core come from. */
const parts = (key) => ({
  name: "parts",
  setup(build) {
    const files = { "#host": snippet(), "#wasm2js": join(work, "core.wasm.js") };
    const made = { "#texts": texts, "#imports": imports, "#wasm": () => `${decoder(key)}\n${importObject()}` };
    build.onResolve({ filter: /^#(host|wasm2js)$/ }, ({ path }) => ({ path: files[path] }));
    build.onResolve({ filter: /^#(texts|imports|wasm)$/ }, ({ path }) => ({ path, namespace: "made" }));
    build.onResolve({ filter: /^a$/ }, () => ({ path: "#imports", namespace: "made" })); // what wasm2js calls the module
    build.onLoad({ filter: /.*/, namespace: "made" }, ({ path }) => ({ contents: made[path](), loader: "js", resolveDir: work }));
    build.onResolve({ filter: /^\.\/(core|fallback|refresh)\.js$/ }, ({ path, kind }) => (kind === "dynamic-import" ? { path, external: true } : undefined));
  },
});

const names = () => JSON.parse(readFileSync(join(work, "names.json"), "utf8"));

/** wasm-opt gave every import and export a name of one letter: the page's functions by those, and back. */
const imports = () => `export { ${names().imports.map(([module, name, short]) => `${hostName(module, name)} as ${short}`).join(", ")} } from "#host";`;
const importObject = () => `import { ${names().imports.map(([module, name, short]) => `${hostName(module, name)} as ${short}`).join(", ")} } from "#host";
  export const imports = { a: { ${names().imports.map(([, , short]) => short).join(", ")} } };`;
/** What host.js calls the core's exports by, and what wasm-opt did. */
const coreExports = () => new Map(names().exports);

const texts = () => `export const texts = ${JSON.stringify(readFileSync(join(work, "texts.txt"), "utf8"))}.split("|");`;

/** Only numbers cross the boundary, so wasm-bindgen's glue has nothing to convert, and none is shipped. */
function hostName(module, name) {
  if (!module.endsWith("/src/browser/host.js")) throw new Failure(`${name} needs wasm-bindgen's glue; let only numbers cross`);
  return name;
}

/** The snippet that wasm-bindgen copied, which the glue imports. */
function snippet() {
  const folder = join(work, "wasm/snippets");
  return join(folder, readdirSync(folder)[0], "src/browser/host.js");
}

/** The name of the core's text in the bundles; nothing else may be called so. */
const CORE_TEXT = "$core";

/**
 * The core as a string, under the key by which gzip makes the least of it and the code beside it. Only keys are tried that make
 * most bytes ASCII, because the others take two bytes in UTF-8.
 */
function coreText(core, code) {
  const length = ({ text }) => Buffer.byteLength(text);
  const texts = Array.from({ length: 256 }, (_, key) => ({ key, text: literal(core, key) })).sort((one, other) => length(one) - length(other));
  const sizes = texts.slice(0, 16).map((inlined) => ({ ...inlined, size: measure(Buffer.from(inlined.text + code)).gzip }));
  return sizes.reduce((best, other) => (other.size < best.size ? other : best));
}

/** By way of an array: Uint8Array.from() with a function takes more than twice as long, in every page. */
const decoder = (key) => `export const bytes = () => new Uint8Array([...${CORE_TEXT}].map((character) => character.charCodeAt() ^ ${key}));`;

/** Bytes as a string of code points up to 255: a sixth of what base64 would add. */
function literal(bytes, key) {
  const text = String.fromCharCode(...bytes.map((byte) => byte ^ key));
  const escapes = { "\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\0": "\\x00" };
  return `"${text.replace(/[\\"\n\r\0]/g, (character) => escapes[character])}"`;
}

async function transform(name) {
  const { code, map } = await esbuild.transform(readFileSync(template(`${name}.js`), "utf8"), {
    minify: true, target: browsers, supported, charset: "utf8", legalComments: "none", sourcemap: "external", sourcefile: `${name}.js`,
  });
  writeFileSync(join(out, `${name}.js`), `${code}//# sourceMappingURL=${name}.js.map\n`);
  writeFileSync(join(out, `${name}.js.map`), map);
}

/** For require(): the same files in the other format. */
async function commonJs() {
  for (const name of [...bundled, ...plain].filter((name) => !["core", "fallback", "refresh", global, "angular"].includes(name))) {
    const result = await esbuild.build({
      entryPoints: [join(out, `${name}.js`)], write: false, bundle: false, format: "cjs", target: browsers, supported, charset: "utf8", minify: true, platform: "neutral",
    });
    const code = result.outputFiles[0].text.replace(/require\("\.\/([\w-]+)\.js"\)/g, 'require("./$1.cjs")');
    const isClass = ["index", "lazy"].includes(name);
    writeFileSync(join(out, `${name}.cjs`), code + (isClass ? "module.exports=Object.assign(module.exports.default,module.exports);\n" : ""));
  }
}

/** The hand-written types, once for each module format. */
function copyTypes() {
  for (const file of readdirSync(template()).filter((file) => file.endsWith(".d.ts"))) {
    const text = readFileSync(template(file), "utf8");
    writeFileSync(join(out, file), text);
    if (file !== "angular.d.ts") writeFileSync(join(out, file.replace(/\.ts$/, ".cts")), text.replace(/(from "\.\/[\w-]+)\.js"/g, '$1.cjs"'));
  }
}

/** For the integrity attribute of a script tag. */
export const integrity = (file) => `sha384-${createHash("sha384").update(readFileSync(join(out, file))).digest("base64")}`;

if (process.argv[1] === import.meta.filename) {
  await main(async () => {
    await setup(...forPackage);
    if (process.argv.includes("--if-changed") && isStamped(join(work, "stamp"), state())) return console.log("pkg/ is up to date");
    await build();
    for (const file of ["connect-widget.global.js", "callback.js"]) console.log(`${file} integrity: ${integrity(file)}`);
  });
}
