// Compiles cases/ against the built package with several versions of TypeScript, in each way that modules are resolved.
// A case that must compile does; one that must not has a directive, which fails where the mistake compiles after all.
// Nothing is skipped in the package's own declarations, only TypeScript's. `node tests/types/run.mjs 5.9` takes one version.
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { spawnSync } from "node:child_process";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { ensureNodeModules } from "../../scripts/lib/npm.mjs";
import { inCache, inRoot } from "../../scripts/lib/paths.mjs";
import { pkg } from "../packaging/lib/tarball.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const work = inCache("types");
const modules = join(here, "node_modules");

const strict = { strict: true, noEmit: true, skipDefaultLibCheck: true, target: "es2020", lib: ["es2022", "dom", "dom.iterable"], types: [], noUncheckedIndexedAccess: true };
const bundler = { module: "esnext", moduleResolution: "bundler" };
const node16 = { module: "node16", moduleResolution: "node16" };
const core = ["core.ts", "drop-in.ts", "moved-over.ts", "reject.ts", "element.ts", "global.ts"];
const frameworks = ["react.tsx", "vue.ts", "angular.ts"];

// With exact optional properties too: an app may have them on, and the package's declarations must stand it.
const exact = { exactOptionalPropertyTypes: true };
// As tools see it that know one file at a time; the published widget's README imports its types as if they were values.
const isolated = { isolatedModules: true, verbatimModuleSyntax: true };
const withoutDropIn = core.filter((file) => file !== "drop-in.ts");
// The frameworks' own declarations are not under test, and need newer compilers than ours do.
const withFrameworks = { ...strict, skipLibCheck: true, jsx: "react-jsx", experimentalDecorators: true };

/** What an app that the docs speak of has around each piece. */
const surroundings = `declare function mintSession(): Promise<string>;
declare function save(result: unknown): void;
declare function report(code: string, message: string): void;
`;

/** What every piece that shows the button alone has imported. */
const button = `import { ConnectButton } from "connect-widget/react";
declare const mintForSlack: typeof mintSession, mintForGitHub: typeof mintSession, saveSlack: typeof save, saveGitHub: typeof save;
`;

const pages = readdirSync(inRoot("www", "docs")).map((file) => ["www", "docs", file]);
const docs = [["README.md"], ["pkg-template", "README.md"], ...pages].map((path) => readFileSync(inRoot(...path), "utf8")).join("\n");

/** The docs' pieces in a framework's language, each as a module; of a Vue component its script. */
function pieces(language, extension) {
  const blocks = [...docs.matchAll(new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\``, "gm"))].map(([, code]) => /<script[^>]*>([^]*?)<\/script>/.exec(code)?.[1] ?? code);
  if (blocks.length < 4) throw new Error(`the docs have only ${blocks.length} pieces of ${language}`);
  const around = (code) => (/<ConnectButton/.test(code) && !/^import/m.test(code) ? button : "") + surroundings;
  return blocks.map((code, index) => ({ name: `docs-${language}-${index + 1}.${extension}`, text: `${around(code)}${code}` }));
}
const docsPieces = [...pieces("jsx", "tsx"), ...pieces("vue", "ts"), ...pieces("ts", "ts")];

const runs = [
  ...["5.0", "5.4", "5.9", "6.0", "7.0"].flatMap((version) => [
    { version, name: "bundler", files: core, options: { ...strict, ...bundler } },
    { version, name: "bundler, exact optional properties", files: core, options: { ...strict, ...bundler, ...exact } },
    { version, name: "bundler, file by file", files: withoutDropIn, options: { ...strict, ...bundler, ...isolated } },
    { version, name: "node16, ES modules", files: core, options: { ...strict, ...node16 } },
    { version, name: "without the DOM's types", files: ["server.ts"], options: { ...strict, ...bundler, lib: ["es2022"] } },
    { version, name: "node16, CommonJS", files: ["require.cts"], options: { ...strict, ...node16 } },
  ]),
  // Before package exports were known; TypeScript 7 has dropped it.
  { version: "5.0", name: "node10", files: core, options: { ...strict, module: "commonjs", moduleResolution: "node", esModuleInterop: true } },
  { version: "5.9", name: "node10", files: core, options: { ...strict, module: "commonjs", moduleResolution: "node", esModuleInterop: true } },
  { version: "5.9", name: "@alter-ai/connect itself", files: ["drop-in.ts"], options: { ...strict, ...bundler, paths: { "connect-widget": [inRoot("node_modules/@alter-ai/connect")] } } },
  { version: "5.4", name: "React 18", files: ["react.tsx"], options: withFrameworks, react: "react-18" },
  { version: "5.9", name: "frameworks", files: frameworks, options: { ...withFrameworks, ...bundler } },
  { version: "5.9", name: "frameworks, exact optional properties", files: frameworks, options: { ...withFrameworks, ...bundler, ...exact } },
  { version: "5.9", name: "the docs' pieces for frameworks", files: docsPieces, options: { ...withFrameworks, ...bundler } },
  { version: "6.0", name: "frameworks", files: ["react.tsx", "vue.ts"], options: { ...withFrameworks, ...bundler } },
  { version: "7.0", name: "frameworks", files: ["react.tsx", "vue.ts"], options: { ...withFrameworks, ...bundler } },
  { version: "7.0", name: "frameworks, exact optional properties", files: ["react.tsx", "vue.ts"], options: { ...withFrameworks, ...bundler, ...exact } },
].map((run) => (run.react ? { ...run, options: { ...run.options, ...bundler } } : run));

const nameOf = (file) => file.name ?? file;

/** A project of its own, with the package where npm would put it. Answers its folder. */
function project({ files, options, react }, index) {
  const folder = join(work, String(index));
  mkdirSync(join(folder, "node_modules", "@types"), { recursive: true });
  cpSync(pkg, join(folder, "node_modules", "connect-widget"), { recursive: true });
  for (const name of ["vue", "@vue", "@angular", "rxjs", "tslib", "csstype"]) {
    if (existsSync(join(modules, name))) symlinkSync(join(modules, name), join(folder, "node_modules", name));
  }
  symlinkSync(join(modules, "@types", react ?? "react"), join(folder, "node_modules", "@types", "react"));
  for (const file of files) {
    if (file.text) writeFileSync(join(folder, file.name), file.text);
    else cpSync(join(here, "cases", file), join(folder, file));
  }
  writeFileSync(join(folder, "package.json"), JSON.stringify({ type: "module", private: true }));
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions: options, files: files.map(nameOf) }));
  return folder;
}

await ensureNodeModules(here);
if (!existsSync(join(pkg, "index.d.ts"))) throw new Error(`${pkg} has no index.d.ts: npm run build comes first`);
rmSync(work, { recursive: true, force: true });

let failed = 0;
const versions = process.argv.slice(2);
const wanted = runs.filter(({ version }) => versions.length === 0 || versions.includes(version));
for (const [index, run] of wanted.entries()) {
  const folder = project(run, index);
  const compiler = join(modules, `typescript-${run.version}`, "bin", "tsc");
  const { status, stdout, stderr } = spawnSync(process.execPath, [compiler, "-p", folder, "--pretty", "false"], { cwd: folder, encoding: "utf8" });
  console.log(`${status === 0 ? "ok  " : "FAIL"} TypeScript ${run.version}, ${run.name}: ${run.files.map(nameOf).join(" ")}`);
  if (status !== 0) {
    failed += 1;
    console.log(`${stdout}${stderr}`.replace(/^/gm, "      "));
  }
}
console.log(`${wanted.length - failed} of ${wanted.length} compile as they should`);
process.exitCode = failed === 0 ? 0 : 1;
