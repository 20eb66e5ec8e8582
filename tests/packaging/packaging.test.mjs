// The packed package: what is in it, whether tools find anything wrong with it, and whether it works where it lands.
// The whole matrix of frameworks and bundlers is consumers.mjs.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import esbuild from "esbuild";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { connect } from "./lib/connect.mjs";
import { startSandbox } from "../../scripts/lib/sandbox.mjs";
import { serve } from "./lib/static.mjs";
import { install, pack } from "./lib/tarball.mjs";
import { launchHeadlessShell } from "../../scripts/lib/browsers.mjs";
import { ensureNodeModules } from "../../scripts/lib/npm.mjs";
import { inCache, inRoot } from "../../scripts/lib/paths.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const project = inCache("packaging", "project");
const run = promisify(execFile);
let tarball, files, installed;

before(async () => {
  await ensureNodeModules(here); // what it brings is imported where it is used
  ({ file: tarball, files } = pack());
  rmSync(project, { recursive: true, force: true });
  mkdirSync(project, { recursive: true });
  cpSync(join(here, "smoke"), project, { recursive: true });
  writeFileSync(join(project, "package.json"), JSON.stringify({ private: true }));
  installed = install(tarball, project);
});

describe("the tarball", () => {
  test("holds the files of files.txt, and no others", () => {
    const expected = readFileSync(join(here, "files.txt"), "utf8").trim().split("\n");
    assert.deepEqual(files.map(({ path }) => path).sort(), expected);
  });

  test("names in its package.json only what is there", () => {
    const manifest = JSON.parse(readFileSync(join(installed, "package.json"), "utf8"));
    const targets = (value) => (typeof value === "string" ? [value] : Object.values(value).flatMap(targets));
    const named = [manifest.main, manifest.module, manifest.types, ...targets(manifest.exports), ...manifest.sideEffects];
    const there = new Set(files.map(({ path }) => `./${path}`));
    assert.deepEqual(named.filter((file) => !there.has(file)), []);
  });

  test("names no file for a CDN's short address: beside that lie other packages, and the script would load its parts from them", () => {
    const manifest = JSON.parse(readFileSync(join(installed, "package.json"), "utf8"));
    assert.deepEqual(["unpkg", "jsdelivr", "browser"].filter((field) => field in manifest), []);
  });

  test("is text by its first bytes: Modern Web's server and test runner ask that of a script before they serve it", async () => {
    const { isBinaryFile } = await import("isbinaryfile");
    const scripts = files.map(({ path }) => path).filter((path) => /\.c?js$/.test(path));
    const binary = await Promise.all(scripts.map(async (path) => ((await isBinaryFile(join(installed, path))) ? [path] : [])));
    assert.deepEqual(binary.flat(), []);
  });

  test("no script asks for the name that Node has for the global object: webpack warns of it under `futureDefaults`", async () => {
    const scripts = files.map(({ path }) => path).filter((path) => path.endsWith(".js"));
    const asks = async (path) => (await esbuild.transform(readFileSync(join(installed, path), "utf8"), { define: { global: "nameOfNode" } })).code.includes("nameOfNode");
    const found = await Promise.all(scripts.map(async (path) => ((await asks(path)) ? [path] : [])));
    assert.deepEqual(found.flat(), []);
  });

  test("publint finds nothing", async () => {
    const { messages, pkg } = await publint({ pkgDir: installed, strict: true });
    assert.deepEqual(messages.map((message) => formatMessage(message, pkg, { color: false })), []);
  });

  test("are the types wrong? No", async () => {
    // HTML has no types; a classic script is no module, and exports nothing.
    const { checkPackage, createPackageFromTarballData } = await import("@arethetypeswrong/core");
    const noModules = ["./callback.html", "./connect-widget.global.js"];
    const { problems } = await checkPackage(createPackageFromTarballData(readFileSync(tarball)), { excludeEntrypoints: noModules });
    assert.deepEqual(problems, []);
  });

  test("every entry that is a module is there in both systems", () => {
    const { exports } = JSON.parse(readFileSync(join(installed, "package.json"), "utf8"));
    const files = Object.entries(exports).filter(([, targets]) => typeof targets !== "string" && targets.default !== "./connect-widget.global.js");
    assert.equal(files.length, 10);
    for (const [entry, targets] of files) assert.deepEqual(Object.keys(targets), ["import", "require"], entry);
  });
});

test("source maps lead to the source, and name no path of the machine that built", async () => {
  const { TraceMap, originalPositionFor } = await import("@jridgewell/trace-mapping");
  for (const { path } of files.filter(({ path }) => path.endsWith(".map"))) {
    const map = JSON.parse(readFileSync(join(installed, path), "utf8"));
    assert.ok(map.sources.every((source) => !/^(\/|file:|[a-z]:)/i.test(source)), `${path}: ${map.sources}`);
    assert.equal(map.sourcesContent?.length, map.sources.length, `${path} brings its sources along`);
  }
  const generated = readFileSync(join(installed, "index.js"), "utf8").split("\n");
  const line = generated.findIndex((text) => text.includes("getVersion"));
  const map = JSON.parse(readFileSync(join(installed, "index.js.map"), "utf8"));
  const original = originalPositionFor(new TraceMap(map), { line: line + 1, column: generated[line].indexOf("getVersion") });
  assert.match(original.source, /shell\.js$/);
  assert.match(map.sourcesContent[map.sources.indexOf(original.source)].split("\n")[original.line - 1], /getVersion\(\)/);
});

test("on a server, import and require are inert", async () => {
  const { stdout } = await run(process.execPath, ["node.mjs"], { cwd: project });
  assert.equal(stdout, "inert\n");
});

test("no .cjs file has an import() in it, which takes a flag under Jest", () => {
  const offenders = files.filter(({ path }) => path.endsWith(".cjs") && /\bimport\(/.test(readFileSync(join(installed, path), "utf8")));
  assert.deepEqual(offenders.map(({ path }) => path), []);
});

test("a plain value on Object.prototype keeps no .cjs file from loading", async () => {
  // The frameworks' own files are not installed here.
  const names = files.map(({ path }) => path).filter((path) => path.endsWith(".cjs") && !/react|vue|angular/.test(path));
  const script = `for (const name of ${JSON.stringify(names)}) { Object.prototype.version = "1.0"; try { require("./" + name); } finally { delete Object.prototype.version; } }`;
  await run(process.execPath, ["-e", script], { cwd: installed });
});

test("where a page has neither TextDecoder nor TextEncoder, as in jsdom, the .cjs files' own are as good", async () => {
  const source = readFileSync(inRoot("pkg-template", "text-codecs.js"), "utf8").replaceAll("globalThis.", "({}).");
  const own = await import(`data:text/javascript,${encodeURIComponent(source)}`);
  for (const text of ["", "plain, 100 % of it", "zoë ✓ 😀 \u0000\u007f\u0080\uffff", "half of \ud83d a pair"]) {
    const bytes = new TextEncoder().encode(text);
    assert.deepEqual(new own.TextEncoder().encode(text), bytes);
    assert.equal(new own.TextDecoder().decode(bytes), new TextDecoder().decode(bytes));
  }
  assert.equal(new own.TextDecoder().decode(), "");
});

test("react.js and react.cjs say first of all that they are for the client", () => {
  for (const name of ["react.js", "react.cjs"]) assert.match(readFileSync(join(installed, name), "utf8"), /^"use client";/);
});

const bundlers = {
  esbuild: async (entry, outdir) => {
    await esbuild.build({ entryPoints: [entry], bundle: true, format: "esm", outfile: join(outdir, "app.js"), logLevel: "error", absWorkingDir: project });
  },
  rollup: async (entry, outdir) => {
    const { rollup } = await import("rollup");
    const { nodeResolve } = await import("@rollup/plugin-node-resolve");
    const bundle = await rollup({ input: entry, plugins: [nodeResolve()], onwarn: (warning) => assert.fail(warning.message) });
    await bundle.write({ dir: outdir, entryFileNames: "app.js" });
  },
  vite: async (entry, outdir) => {
    const { build } = await import("vite");
    const options = { outDir: outdir, emptyOutDir: false, rollupOptions: { input: entry, output: { entryFileNames: "app.js" } } };
    await build({ root: project, configFile: false, logLevel: "error", build: options });
  },
};

describe("built by", () => {
  let browser, sandbox;
  before(async () => ([browser, sandbox] = await Promise.all([launchHeadlessShell(), startSandbox()])));
  after(() => Promise.all([browser?.close(), sandbox?.stop()]));

  for (const [name, build] of Object.entries(bundlers)) {
    test(`${name}, it connects`, async () => {
      const folder = join(project, "out", name);
      mkdirSync(folder, { recursive: true });
      await build(join(project, "app.js"), folder);
      writeFileSync(join(folder, "index.html"), `<!doctype html><meta charset="utf-8"><title>${name}</title><body><script type="module" src="app.js"></script>`);
      const server = await serve(folder);
      try {
        await connect(browser, sandbox, `${server.origin}/`);
      } finally {
        await server.stop();
      }
    });

    // esbuild splits only when it is told to, so that there everything is in one file.
    if (name !== "esbuild") {
      test(`${name}, what a page does not need yet is in chunks of its own`, () => {
        const code = readFileSync(join(project, "out", name, "app.js"), "utf8");
        assert.ok(code.length < 12_000, `${code.length} bytes in the first file`);
        assert.equal(new Set(code.match(/\b(?:core|fallback|debug|hand-over)-[\w-]+\.js/g)).size, 4);
      });
    }

    test(`${name}, what is imported and not used is not there`, async () => {
      const folder = join(project, "out", `${name}-unused`);
      mkdirSync(folder, { recursive: true });
      const entry = join(project, "unused.js");
      writeFileSync(entry, `import "connect-widget"; import { Connect } from "connect-widget"; import { registerConnectButton } from "connect-widget/element"; import { anny } from "connect-widget/providers"; console.log("nothing of it");`);
      await build(entry, folder);
      const code = readFileSync(join(folder, "app.js"), "utf8");
      assert.ok(code.length < 300, `${code.length} bytes: ${code.slice(0, 300)}`);
    });
  }

  test("a script tag, it connects", async () => {
    const folder = join(project, "out", "script");
    mkdirSync(folder, { recursive: true });
    for (const name of ["connect-widget.global.js", "fallback.js"]) cpSync(join(installed, name), join(folder, name));
    const app = readFileSync(join(here, "smoke/app.js"), "utf8").replace(/^import.*$/gm, "");
    writeFileSync(join(folder, "index.html"), `<!doctype html><meta charset="iso-8859-1"><title>script tag</title><body><script src="connect-widget.global.js"></script>
      <script>const { Connect, ConnectError, providers: { alter } } = ConnectWidget;${app}</script>`);
    const server = await serve(folder);
    try {
      await connect(browser, sandbox, `${server.origin}/`);
    } finally {
      await server.stop();
    }
  });

  describe("a script tag of another origin, it finds what else it needs", () => {
    const app = `addEventListener("load", () => {
      const connect = ConnectWidget.create(config);
      const button = document.body.appendChild(document.createElement("button"));
      const result = document.body.appendChild(document.createElement("p"));
      button.textContent = "Connect";
      result.id = "result";
      button.onclick = () => connect.open({
        token: () => fetch("/api/session", { method: "POST" }).then((response) => response.text()),
        baseURL: globalThis.baseURL,
        onSuccess: ([grant]) => { result.textContent = config.debug && !ConnectWidget.diagnose ? "no debug.js" : grant.account_identifier; },
        onError: ({ code, cause }) => { result.textContent = \`\${code} \${cause}\`; },
      });
    });`;
    let cdn;
    before(async () => (cdn = await serve(installed)));
    after(() => cdn?.stop());

    const tagOf = (attributes) => `<script src="${cdn.origin}/connect-widget.global.js" ${attributes}></script>`;

    async function page(name, script, config, options) {
      const folder = join(project, "out", "cdn", name);
      mkdirSync(folder, { recursive: true });
      for (const file of ["fallback.js", "debug.js"]) if (!script.includes("src=")) cpSync(join(installed, file), join(folder, file));
      writeFileSync(join(folder, "app.js"), `const config = ${JSON.stringify(config)};\n${app}`);
      const policy = config.wasm === false ? "" : `<meta http-equiv="Content-Security-Policy" content="script-src 'self' ${cdn.origin}">`;
      writeFileSync(join(folder, "index.html"), `<!doctype html><meta charset="utf-8">${policy}<title>${name}</title><body>${script}<script src="app.js"></script>`);
      const server = await serve(folder);
      try {
        await connect(browser, sandbox, `${server.origin}/`, options);
      } finally {
        await server.stop();
      }
    }

    for (const attributes of ["", "async", "defer", "crossorigin"]) {
      test(`as ${attributes || "it is"}`, () => page(attributes || "plain", tagOf(attributes), { wasm: false, debug: true }));
    }
    test("where a policy refuses WebAssembly", () => page("policy", tagOf(""), { debug: false }, { expected: /wasm|WebAssembly/i }));
    test("an element that the page's HTML calls currentScript is no place to load from", async () => {
      const folder = join(project, "out", "cdn", "clobbered");
      mkdirSync(folder, { recursive: true });
      // What somebody else serves where the page's HTML says.
      writeFileSync(join(folder, "fallback.js"), "document.title = 'loaded from elsewhere';");
      const elsewhere = await serve(folder);
      writeFileSync(join(folder, "index.html"), `<!doctype html><meta charset="utf-8"><title>clobbered</title><body><img name="currentScript" src="${elsewhere.origin}/">${tagOf("")}`);
      const server = await serve(folder);
      const opened = await browser.newPage();
      try {
        await opened.goto(`${server.origin}/`);
        const code = await opened.evaluate(() => ConnectWidget.create({ wasm: false }).authorize({ token: "tok" }).catch((error) => error.code));
        assert.deepEqual([code, await opened.title()], ["load_failed", "clobbered"]);
      } finally {
        await opened.close();
        await Promise.all([server.stop(), elsewhere.stop()]);
      }
    });
    test("copied into the page, beside the page", () => page("inline", `<script>${readFileSync(join(installed, "connect-widget.global.js"), "utf8")}</script>`, { wasm: false, debug: true }));
  });
});
