// Every piece of plain JavaScript in the docs and in both READMEs must compile (those for frameworks: tests/types) against the package's own types, so that what is copied works.
import assert from "node:assert/strict";
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { before, test } from "node:test";
import { nodeBin } from "../../scripts/lib/npm.mjs";
import { inCache, inRoot } from "../../scripts/lib/paths.mjs";

const folder = inCache("docs-snippets");

// What an app that the docs speak of has around each piece.
const surroundings = `
declare const button: HTMLButtonElement;
declare function mintSession(...about: any[]): Promise<string>;
declare function makeLink(app: string, state: string): Promise<{ url: string; state: string }>;
declare function makeConnectSession(): Promise<{ auth_link_url: string }>;
declare function newestAccount(): Promise<Record<string, unknown> | null>;
declare function postToYourBackend(grant: import("connect-widget").AuthorizationGrant): Promise<import("connect-widget").TokenResponse>;
declare function exchange(grant: import("connect-widget").AuthorizationGrant): Promise<import("connect-widget").TokenResponse>;
declare function verify(): Promise<Record<string, unknown> | null>;
declare function onSuccess(result: unknown): void;
declare const clientId: string;
declare const refreshToken: string;
declare function save(result: unknown): void;
declare function show(account: unknown): void;
declare function use(token: unknown): void;
declare function report(code: string, message: string): void;
type Options = import("connect-widget").CodeOptions & Omit<import("connect-widget").AlterOptions, "protocol" | "onSuccess" | "verify">;
`;

const pages = readdirSync(inRoot("www", "docs")).map((file) => ["www", "docs", file]);

const snippets = [["README.md"], ["pkg-template", "README.md"], ...pages].flatMap((path) => {
  const markdown = readFileSync(inRoot(...path), "utf8");
  const page = path.join("-").replace(".md", "");
  return [...markdown.matchAll(/^```js\n([^]*?)^```/gm)].map(([, code], index) => ({ name: `${page}-${index + 1}`, code }));
});

/** A piece as a module: options become an object, and what it does not declare is declared. */
function asModule(code) {
  const statements = /^\w+: /.test(code) ? `({\n${code}}) satisfies Partial<Options>;` : code;
  const prelude = [
    'import type {} from "connect-widget/element";',
    !/import Connect\b/.test(code) && 'import Connect from "connect-widget";',
    !/const connect\b/.test(code) && "declare const connect: Connect;",
  ].filter(Boolean);
  return `${prelude.join("\n")}\n${statements}\nexport {};\n`;
}

let complaints = "";

before(() => {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "surroundings.d.ts"), surroundings);
  for (const { name, code } of snippets) writeFileSync(join(folder, `${name}.ts`), asModule(code));
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({
    compilerOptions: {
      strict: true, noImplicitAny: false, noEmit: true, target: "es2022", module: "esnext", moduleResolution: "bundler", lib: ["es2022", "dom"], types: [],
      paths: { "connect-widget": [inRoot("pkg-template", "index.d.ts")], "connect-widget/*": [inRoot("pkg-template", "*.d.ts")] },
    },
    include: ["*.ts"],
  }));
  const { stdout, status, error } = spawnSync(process.execPath, [nodeBin("tsc"), "-p", folder, "--pretty", "false"], { encoding: "utf8", cwd: folder });
  assert.ok(!error && (status === 0 || stdout), "tsc did not run");
  complaints = stdout;
});

test("there are snippets", () => assert.ok(snippets.length >= 15, `only ${snippets.length}`));

test("the surroundings and the package's types compile", () => {
  assert.deepEqual(complaints.split("\n").filter((line) => line && !snippets.some(({ name }) => line.startsWith(`${name}.ts`)) && !line.startsWith(" ")), []);
});

for (const { name, code } of snippets) {
  test(name, () => assert.deepEqual(complaints.split("\n").filter((line) => line.startsWith(`${name}.ts`)), [], code));
}
