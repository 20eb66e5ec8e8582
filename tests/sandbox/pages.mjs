// Looks at every page of the sandbox that stays for a while with axe, in both colour schemes, as a popup and on a phone: no accessibility
// violation, nothing wider than the window, no script error. `node tests/sandbox/pages.mjs [FOLDER for screenshots]`.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { chromium, launchHeadlessShell } from "../../scripts/lib/browsers.mjs";
import { Failure, main } from "../../scripts/lib/run.mjs";
import { startSandbox } from "../../scripts/lib/sandbox.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const folder = process.argv[2];
const viewports = { popup: { width: 500, height: 700 }, phone: { width: 390, height: 844 } };
const challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

const button = (page, name) => page.getByRole("button", { name }).click();

/** One step after another: what to do, and what the page that it leads to is called. */
function journey({ app, providers }, context) {
  const api = async (path, data) => (await context.request.post(app + path, { data })).json();
  const alter = (body, comesTo = /\/flow\//) => async (page) => {
    const session = await api("/api/alter/session", body);
    await page.goto("about:blank"); // a change of the fragment alone would load nothing
    await page.goto(`${session.base_url}/sdk/oauth/connect#session=${session.session_token}`);
    await page.waitForURL(comesTo);
  };
  const stackone = (body) => async (page) => page.goto((await api("/api/stackone/session", body)).auth_link_url);
  const authorize = (path, parameters) => (page) => page.goto(`${providers}${path}?${new URLSearchParams({ redirect_uri: `${app}/`, state: "s", ...parameters })}`);
  return [
    ["index", (page) => page.goto(`${providers}/`)],
    ["frame", (page) => page.goto(`${providers}/sandbox/frame`)],
    ["embedded", (page) => page.goto(`${providers}/sandbox/embedded`)],
    ["blank", (page) => page.goto(`${providers}/sandbox/blank`)],
    ["forge", (page) => page.goto(`${providers}/sandbox/forge#${encodeURIComponent('{"to":"parent","message":1}')}`)],
    ["alter-picker", alter({})],
    ["login", (page) => button(page, "Slack")],
    ["login", async (page) => {
      await page.getByText("Use email and password").click();
      await page.getByLabel("Email").fill("bob@example.com");
      await page.getByLabel("Password").fill("wrong");
      await button(page, "Sign in");
      await page.getByRole("alert").waitFor();
    }],
    ["consent", (page) => button(page, "Continue as Bob")],
    ["alter-picker", (page) => button(page, "Allow")],
    ["result", (page) => button(page, "Done")],
    ["result", alter({ allowed_providers: ["google"], sandbox: { auto: "dana" } })],
    ["result", alter({ allowed_providers: ["google"], sandbox: { auto: "alice", never: true } })],
    ["further", alter({ sandbox: { further_window: true } })],
    ["detour", alter({ return_url: `${app}/`, allowed_providers: ["google"], sandbox: { auto: "alice", detour: "/login?error=1", detour_ms: 60_000 } }, /\/login/)],
    ["problem", (page) => page.goto(`${providers}/sdk/oauth/connect#session=unknown`).then(() => page.waitForURL(/problem/))],
    ["anon-dialog", async (page) => page.goto((await api("/api/anon/link", {})).url)],
    ["anon-dialog", async (page) => {
      const [inner] = await Promise.all([page.waitForEvent("popup"), button(page, "Continue to Instagram")]);
      await inner.close();
      await page.getByText("You can try again").waitFor();
    }],
    ["anon-signin", (page) => page.goto(`${page.url()}/signin`)],
    ["hub", stackone({ origin_owner_name: "Acme" })],
    ["hub", async (page) => {
      await page.getByLabel("Search connectors").fill("nothing like it");
      await page.getByText("No connector matches").waitFor();
    }],
    ["hub-connect", async (page) => {
      await page.getByLabel("Search connectors").fill("green");
      await page.getByRole("link", { name: "Greenhouse" }).click();
    }],
    ["hub-connect", async (page) => {
      await page.getByLabel("API key").fill("a wrong key");
      await button(page, "Connect");
      await page.getByRole("alert").waitFor();
    }],
    ["hub-done", async (page) => {
      await page.getByLabel("API key").fill("a good key");
      await button(page, "Connect");
    }],
    ["problem", (page) => page.goto(page.url().replace(/\/done.*/, ""))],
    ["hub-waiting", stackone({ sandbox: { auto: "alice", never: true } })],
    ["hub-connect", stackone({ provider: "hubspot" })],
    ["admin", (page) => page.goto(`${providers}/admin/auth-links`)],
    ["admin", async (page) => {
      await page.getByLabel("Origin owner id").fill("customer-1");
      await page.getByLabel("Owner name").fill("Customer One");
      await button(page, "Make link");
      await page.getByRole("button", { name: "Copy" }).waitFor();
    }],
    ["login", authorize("/v1/oauth", { client_id: "aniapi-demo", response_type: "token" })],
    ["problem", authorize("/v1/oauth", { client_id: "nobody", response_type: "token" })],
    ["login", authorize("/oauth/authorize", { client_id: "anny-demo", response_type: "code", code_challenge: challenge, code_challenge_method: "S256" })],
    ["consent", (page) => button(page, "Continue as Alice")],
    ["login", authorize("/standard/authorize", { client_id: "standard-demo", response_type: "token", scope: "openid https://www.example.com/auth/calendar.events.readonly.of.all.of.your.colleagues" })],
    ["consent", (page) => button(page, "Continue as Alice")],
  ];
}

async function check(page, name, file) {
  await page.waitForSelector(`body[data-page="${name}"]`);
  if (folder) await page.screenshot({ path: join(folder, file) });
  const wider = await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth);
  assert(!wider, `${file}: wider than the window`);
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => globalThis.axe.run());
  assert.deepEqual(violations.map(({ id, nodes }) => [id, ...nodes.map((node) => node.target)]), [], `${file}: axe`);
}

/** Goes through every page once; answers how many there were. */
async function look(browser, origins, size, colorScheme) {
  const context = await browser.newContext({ viewport: viewports[size], colorScheme });
  const page = await context.newPage();
  const errors = [];
  page.on("pageerror", (error) => errors.push(error.message));
  const steps = journey(origins, context);
  for (const [index, [name, go]] of steps.entries()) {
    await go(page);
    await check(page, name, `${String(index).padStart(2, "0")}-${name}-${size}-${colorScheme}.png`);
  }
  assert.deepEqual(errors, []);
  await context.close();
  return steps.length;
}

await main(async () => {
  if (!chromium()) throw new Failure("there is no Chromium here; `npm run setup chromium` gets one");
  const sandbox = await startSandbox();
  const browser = await launchHeadlessShell();
  try {
    let looks = 0;
    for (const size of Object.keys(viewports)) {
      for (const scheme of ["light", "dark"]) looks += await look(browser, sandbox, size, scheme);
    }
    console.log(`${looks} looks at the sandbox's pages: no violation, nothing too wide, no script error.`);
  } finally {
    await browser.close();
    await sandbox.stop();
  }
});
