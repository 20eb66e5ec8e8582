// Moving over: the published widget's own README, with nothing changed but the name that is imported.
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { isDeepStrictEqual } from "node:util";
import { build } from "esbuild";
import { nodeBin } from "../../scripts/lib/npm.mjs";
import { inRoot } from "../../scripts/lib/paths.mjs";
import { output } from "../../scripts/lib/run.mjs";
import { launch, pkg } from "./lib.mjs";

const readme = readFileSync(inRoot("node_modules/@alter-ai/connect/README.md"), "utf8");

/** The one change. For the script tag it is the file's address and the name of the global. */
const moveOver = (code) => code.replaceAll("@alter-ai/connect", "connect-widget");
const moveScriptOver = (code) => code.replace(/https:\/\/cdn\.jsdelivr\.net\S*?\.js/, "/pkg/connect-widget.global.js").replaceAll("AlterConnect.create", "ConnectWidget.create");

/** The first example under a heading. */
function example(heading, language) {
  const section = readme.slice(readme.indexOf(`\n${heading}\n`));
  const code = new RegExp(`\`\`\`${language}\n([\\s\\S]*?)\`\`\``).exec(section)?.[1];
  assert.ok(code, `the README has an example under ${heading}`);
  return code;
}

const folder = mkdtempSync(join(tmpdir(), "connect-widget-drop-in-"));
let browser;
before(async () => void (browser = await launch()));
after(async () => {
  await browser?.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Bundles an app as its author would. */
async function bundle(source, loader) {
  const { outputFiles } = await build({
    stdin: { contents: source, loader, resolveDir: folder },
    bundle: true,
    write: false,
    format: "esm",
    charset: "utf8",
    jsx: "automatic",
    define: { "process.env.NODE_ENV": '"production"', __VUE_OPTIONS_API__: "true", __VUE_PROD_DEVTOOLS__: "false", __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: "false" },
    alias: { "connect-widget": `${pkg}/index.js` },
    nodePaths: [inRoot("tests/wrappers/node_modules")],
    logLevel: "silent",
  });
  return outputFiles[0].text;
}

const grants = [{ grant_id: "grant_1", provider: "google", provider_name: "Google", account_identifier: "alice@example.com", timestamp: "2026-01-02T03:04:05.000Z", operation: "creation", scopes: ["email"], status: "active" }];
const connectPage = `<!doctype html><title>Alter</title><script>opener.postMessage(${JSON.stringify({ type: "alter_connect_success", grants })}, "*")</script>`;

/** The README's world: a backend that answers GET /api/alter/session, and Alter at its usual address. */
async function inTheReadmesWorld(body, work, { files = {}, expected = ["Connected!", grants] } = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  try {
    await context.route("https://app.example/**", (route) => {
      const { pathname } = new URL(route.request().url());
      if (pathname === "/") return route.fulfill({ contentType: "text/html; charset=utf-8", body });
      if (pathname === "/api/alter/session") return route.fulfill({ json: { session_token: "session-token" } });
      if (files[pathname]) return route.fulfill({ contentType: "text/javascript; charset=utf-8", body: files[pathname] });
      return route.fulfill({ status: 404 });
    });
    await context.route("https://api.alterauth.com/sdk/oauth/connect", (route) => route.fulfill({ contentType: "text/html", body: connectPage }));
    const page = await context.newPage();
    const said = [];
    const heardLate = () => []; // what is said while the page closes cannot be read any more
    page.on("console", async (message) => said.push(await Promise.all(message.args().map((argument) => argument.jsonValue())).catch(heardLate)));
    page.on("pageerror", (error) => said.push([String(error)]));
    await page.goto("https://app.example/");
    await work(page);
    const deadline = Date.now() + 15_000;
    const heard = () => said.some((line) => isDeepStrictEqual(line, expected));
    while (!heard() && Date.now() < deadline) await page.waitForTimeout(50);
    assert.ok(heard(), `the page says ${JSON.stringify(expected)}, not ${JSON.stringify(said)}`);
  } finally {
    await context.close();
  }
}

const html = (script) => `<!doctype html><button id="go">Connect Account</button><div id="app"></div><script type="module">${script.replaceAll("</script", "<\\/script")}</script>`;
const press = (page) => page.getByRole("button", { name: "Connect Account" }).click();

describe("the README's examples", () => {
  test("Open the Connect UI", async () => {
    const [imported, ...rest] = moveOver(example("### 3. Open the Connect UI", "javascript")).split("\n");
    const source = `${imported}\ndocument.querySelector("#go").onclick = async () => {\n${rest.join("\n")}\n};`;
    const app = html(await bundle(source, "js"));
    await inTheReadmesWorld(app, press);
    await inTheReadmesWorld(app, press, { expected: ["google", "grant_1"] });
  });

  test("React", async () => {
    const source = `${moveOver(example("### React", "jsx"))}\nimport { createRoot } from "react-dom/client";\ncreateRoot(document.querySelector("#app")).render(<ConnectButton />);\ndocument.querySelector("#go").remove();`;
    await inTheReadmesWorld(html(await bundle(source, "jsx")), press);
  });

  test("Vue", async () => {
    const { compileScript, parse } = await import(inRoot("tests/wrappers/node_modules/vue/compiler-sfc/index.mjs"));
    const { descriptor } = parse(moveOver(example("### Vue", "vue")));
    const component = compileScript(descriptor, { id: "readme", inlineTemplate: true, genDefaultAs: "component" }).content;
    const source = `${component}\nimport { createApp } from "vue";\ncreateApp(component).mount("#app");\ndocument.querySelector("#go").remove();`;
    await inTheReadmesWorld(html(await bundle(source, "js")), press);
  });

  test("plain HTML with a script tag", async () => {
    const page = moveScriptOver(example("### Vanilla JavaScript (CDN)", "html"));
    await inTheReadmesWorld(`<!doctype html>${page}`, press, { files: { "/pkg/connect-widget.global.js": readFileSync(`${pkg}/connect-widget.global.js`, "utf8") } });
  });

  test("TypeScript", () => {
    const file = join(folder, "readme.ts");
    writeFileSync(file, `declare const sessionToken: string;\n${moveOver(example("## TypeScript Support", "typescript"))}`);
    writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({
      compilerOptions: { strict: true, noEmit: true, target: "es2022", module: "es2022", moduleResolution: "bundler", lib: ["es2022", "dom"], types: [], paths: { "connect-widget": [`${pkg}/index.d.ts`] } },
      files: [file],
    }));
    assert.equal(output(nodeBin("tsc"), ["--project", folder], { cwd: folder }), "");
  });

  test("every method that its reference names", () => {
    const named = [...readme.matchAll(/^### `(?:alterConnect|AlterConnect)\.(\w+)\(/gm)].map(([, name]) => name);
    assert.deepEqual(named, ["create", "open", "close", "destroy", "on", "isOpen", "getVersion"]);
    const types = readFileSync(`${pkg}/index.d.ts`, "utf8");
    for (const name of named) assert.match(types, new RegExp(`^  (static )?${name}[(<]`, "m"), name);
  });
});
