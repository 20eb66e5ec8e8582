// The showroom: five small apps that do the same, each in its own way. Those that need a build get one, with the packed
// package installed as a user would install it.
import { cpSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";
import { inCache, inRoot, logs } from "../lib/paths.mjs";
import { ensureNodeModules } from "../lib/npm.mjs";
import { Failure, output, run } from "../lib/run.mjs";
import { digest, once } from "../lib/stamp.mjs";
import { codeFigure } from "./docs.mjs";
import { escape, layoutSources, page } from "./layout.mjs";

const apps = [
  { id: "plain", name: "Plain HTML", lead: "One script tag defines ConnectWidget. No build, no framework.", files: ["app.html", "app.js"] },
  { id: "react", name: "React", lead: "A button component, or the hook useConnect for a button of your own.", files: ["app.jsx"], entry: "app.jsx" },
  { id: "vue", name: "Vue", lead: "A component with events, or the composable useConnect.", files: ["App.vue", "main.js"], entry: "main.js" },
  { id: "angular", name: "Angular", lead: "A directive for your own button, or an injectable service with signals.", files: ["app.ts"], entry: "app.ts" },
  { id: "element", name: "Custom element", lead: "connect-button works in any page and any framework.", files: ["app.html", "app.js"] },
];

const www = (...parts) => inRoot("www", ...parts);
const shop = inCache("showroom");
const filesOf = (folder) => readdirSync(folder).map((name) => join(folder, name));

/** What the pages themselves are made of. */
export const showroomSources = [...layoutSources, inRoot("scripts", "www", "docs.mjs"), www("showroom", "backend.js"), ...apps.flatMap(({ id }) => filesOf(www(id)))];

/** What the built apps are made of besides. */
export const frameworkSources = () => [www("package.json"), www("package-lock.json"), ...apps.filter(({ entry }) => entry).flatMap(({ id }) => filesOf(www(id))), www("showroom", "backend.js"), ...packageFiles()];

function packageFiles() {
  try {
    return filesOf(inRoot("pkg"));
  } catch {
    throw new Failure("there is no pkg/ yet; build it first with: npm run build");
  }
}

/* Pages */

/** Writes the page of each app, with its source beside it. */
export function buildShowroom(dist) {
  mkdirSync(join(dist, "showroom"), { recursive: true });
  cpSync(www("showroom", "backend.js"), join(dist, "showroom", "backend.js"));
  for (const app of apps) {
    mkdirSync(join(dist, app.id), { recursive: true });
    if (!app.entry) cpSync(www(app.id, "app.js"), join(dist, app.id, "app.js"));
    writeFileSync(join(dist, app.id, "index.html"), showroomPage(app));
  }
}

function showroomPage(app) {
  const tabs = apps.map(({ id, name }) => `<li><a href="/${id}/"${id === app.id ? ' aria-current="page"' : ""}>${name}</a></li>`).join("\n");
  const figures = app.files.map((file) => codeFigure(readFileSync(www(app.id, file), "utf8"), file.split(".").pop(), file)).join("");
  const backend = codeFigure(readFileSync(www("showroom", "backend.js"), "utf8"), "js", "backend.js");
  const body = `<main id="content" class="wrap showroom">
<nav class="tabs" aria-label="Showroom"><ul>
${tabs}
</ul></nav>
<h1>${escape(app.name)}</h1>
<p class="lead">${escape(app.lead)} This page runs the very source that it shows, with the package as npm installs it.</p>
<div class="two">
<section class="card panel" aria-labelledby="live">
<h2 id="live">The app</h2>
<div class="connect-app">
${app.entry ? mountPoint(app) : readFileSync(www(app.id, "app.html"), "utf8")}
</div>
<p class="soft small">Sign in as Alice, Bob or Carol. What is connected is the same list as on <a href="/">the demo page</a>.</p>
</section>
<section aria-labelledby="source">
<h2 id="source">Its source, all of it</h2>
${figures}
<details><summary>The calls to the app’s own backend</summary>
${backend}</details>
</section>
</div>
</main>`;
  return page({ title: app.name, description: app.lead, section: "/react/", styles: ["/static/docs.css", "/static/showroom.css"], body });
}

const mountPoint = ({ id }) => `${id === "angular" ? "<app-root></app-root>" : '<div id="app"></div>'}\n<script type="module" src="app.js"></script>`;

/* Apps that are built */

/** Builds the framework apps into `dist`. */
export async function buildFrameworks(dist) {
  await installPackage();
  for (const { id } of apps) cpSync(www(id), join(shop, id), { recursive: true });
  cpSync(www("showroom"), join(shop, "showroom"), { recursive: true });
  const bundle = (id, entry, plugins = []) => build({
    absWorkingDir: shop, entryPoints: [join(shop, id, entry)], outfile: join(dist, id, "app.js"), plugins,
    bundle: true, minify: true, format: "esm", target: "es2022", charset: "utf8", jsx: "automatic", legalComments: "none", logLevel: "warning",
    define: { "process.env.NODE_ENV": '"production"', __VUE_OPTIONS_API__: "false", __VUE_PROD_DEVTOOLS__: "false", __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: "false", ngDevMode: "false", ngJitMode: "false" },
  });
  await Promise.all([
    bundle("react", "app.jsx"),
    bundle("vue", "main.js", [singleFileComponents()]),
    compileAngular().then(() => bundle("angular", "out/angular/app.js", [angularLinker()])),
  ]);
}

/** Packs pkg/ and installs the tarball beside the frameworks, in a folder of its own. */
async function installPackage() {
  mkdirSync(shop, { recursive: true });
  for (const name of ["package.json", "package-lock.json"]) cpSync(www(name), join(shop, name));
  cpSync(inRoot(".npmrc"), join(shop, ".npmrc"));
  await ensureNodeModules(shop);
  const key = digest(...packageFiles());
  await once({ name: "showroom-package", file: join(shop, "node_modules", ".connect-widget"), key }, async () => {
    const packed = output("npm", ["pack", "--json", "--pack-destination", shop, inRoot("pkg")], { timeout: 120_000 });
    if (!packed) throw new Failure("pkg/ cannot be packed; build it first with: npm run build");
    const [{ filename }] = JSON.parse(packed);
    const target = join(shop, "node_modules", "connect-widget");
    rmSync(target, { recursive: true, force: true });
    mkdirSync(target, { recursive: true });
    await run("tar", ["-xzf", join(shop, filename), "-C", target, "--strip-components=1"]);
  });
}

const fromShop = createRequire(join(shop, "package.json"));

/** Vue's single-file components, compiled by Vue's own compiler. */
function singleFileComponents() {
  return {
    name: "vue",
    setup({ onLoad }) {
      const { compileScript, parse } = fromShop("vue/compiler-sfc");
      onLoad({ filter: /\.vue$/ }, ({ path }) => {
        const { descriptor, errors } = parse(readFileSync(path, "utf8"), { filename: path });
        if (errors.length > 0) return { errors: errors.map(({ message }) => ({ text: message })) };
        const { content } = compileScript(descriptor, { id: path, inlineTemplate: true });
        return { contents: content, loader: "js" };
      });
    },
  };
}

const tsconfig = {
  compilerOptions: {
    target: "es2022", module: "es2022", moduleResolution: "bundler", strict: true, skipLibCheck: true, allowJs: true,
    lib: ["es2022", "dom", "dom.iterable"], types: [], rootDir: ".", outDir: "angular/out", experimentalDecorators: true,
  },
  angularCompilerOptions: { strictTemplates: true, compilationMode: "full" },
  files: ["angular/app.ts"],
};

/** Angular's own compiler: ahead of time, with strict templates. */
async function compileAngular() {
  writeFileSync(join(shop, "tsconfig.json"), JSON.stringify(tsconfig, null, 2));
  rmSync(join(shop, "angular", "out"), { recursive: true, force: true });
  await run(process.execPath, [join(shop, "node_modules", "@angular", "compiler-cli", "bundles", "src", "bin", "ngc.js"), "-p", join(shop, "tsconfig.json")], { cwd: shop, log: join(logs, "ngc.log"), label: "ngc" });
}

/** Finishes what libraries declare in part, as the Angular CLI does. */
function angularLinker() {
  return {
    name: "angular-linker",
    async setup({ onLoad }) {
      const load = (name) => import(pathToFileURL(fromShop.resolve(name)));
      const { createEs2015LinkerPlugin } = await load("@angular/compiler-cli/linker/babel");
      const { ConsoleLogger, LogLevel, NodeJSFileSystem } = await load("@angular/compiler-cli");
      const { default: babel } = await load("@babel/core");
      const linker = createEs2015LinkerPlugin({ fileSystem: new NodeJSFileSystem(), logger: new ConsoleLogger(LogLevel.warn), linkerJitMode: false });
      onLoad({ filter: /node_modules.*\.m?js$/ }, async ({ path }) => {
        const contents = readFileSync(path, "utf8");
        if (!contents.includes("ɵɵngDeclare")) return { contents, loader: "js" };
        const { code } = await babel.transformAsync(contents, { filename: path, plugins: [linker], configFile: false, babelrc: false, compact: false, browserslistConfigFile: false });
        return { contents: code, loader: "js" };
      });
    },
  };
}
