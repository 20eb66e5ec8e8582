// Runs every scenario in the engine that the project names. A scenario is data and two functions: what its page does (in the browser)
// and what its person does (here); after each of them the same things are checked: one outcome, nothing left over, no secret seen.
import assert from "node:assert/strict";
import { test as base } from "@playwright/test";
import { catalogue, quickPart } from "./catalogue.mjs";
import { User, describe, eventually } from "./user.mjs";

const test = base.extend({
  engine: [async ({}, use, { project }) => {
    const { launch } = await import(project.name === "chromium" ? "./drivers/playwright.mjs" : "./drivers/webdriver.mjs");
    const engine = await launch(project.name);
    await use(engine);
    await engine.close();
  }, { scope: "worker" }],
});

const OUTCOMES = ["success", "error", "exit", "redirected", "redirect failed", "on success", "on error", "on exit"];

/** Makes a test of each scenario that the engine's driver can play, tagged with its file; those of the quick part are tagged `@quick`. */
export async function register(name) {
  const all = await catalogue();
  const quick = new Set(quickPart(all, name));
  for (const one of all) {
    const { scenario, file, index, title } = one;
    if (!scenario.cannot?.[name]) test(title, { tag: [`@${file}`, ...(quick.has(one) ? ["@quick"] : [])] }, ({ engine }) => play(engine, name, scenario, file, index));
  }
}

async function play(engine, name, scenario, file, index) {
  const id = `e2e-${process.pid}-${Date.now()}-${Math.random().toString(36).slice(2)}`;
  const session = await engine.newSession({ device: scenario.device });
  const [app, providers] = [process.env.E2E_APP, process.env.E2E_PROVIDERS];
  const user = new User(session, { app, providers, id, engine: name, run: [id, file, index, providers].join("~") });
  try {
    await user.page.goto(user.address(typeof scenario.at === "function" ? scenario.at(user) : scenario.at));
    await (scenario.person ? scenario.person(user) : user.click());
    await checkOutcome(user, scenario);
    await checkResidue(user, scenario);
    assert.deepEqual((await user.all("uncaught")).filter((message) => !scenario.uncaught?.test(message)), [], "errors that nobody catches");
  } catch (error) {
    error.message += `\n${describe(await user.reports())}\n${await user.whereabouts()}`;
    throw error;
  } finally {
    await session.close();
  }
}

/** The outcomes that the scenario names, as often as it names them, and no other; and then no window is left. */
async function checkOutcome(user, { outcome = {}, anyOf, mayExit, windowsStay }) {
  const due = [];
  for (const [kind, all] of Object.entries(outcome)) {
    for (const [index, expected] of [all].flat().entries()) {
      const value = await user.heard(kind, { nth: index + 1 });
      if (typeof expected === "function") assert.ok(expected(value), `${kind} with ${JSON.stringify(value)}`);
      else if (typeof expected === "string") assert.equal(value.code, expected, JSON.stringify(value));
      due.push(kind);
    }
  }
  // Whatever comes twice comes now.
  await Promise.all([user.wait(200), windowsStay || eventually(() => user.isAlone(), "the windows' close")]);
  const kinds = (await user.reports()).map(({ kind }) => kind).filter((kind) => OUTCOMES.includes(kind) && !(mayExit && kind.endsWith("exit")));
  if (anyOf) return assert.ok(kinds.length === 1 && anyOf.includes(kinds[0]), `one of ${anyOf}, not ${kinds}`);
  assert.deepEqual(kinds.sort(), due.filter((kind) => OUTCOMES.includes(kind)).sort(), "outcomes");
}

/** A window that was out of reach when its flow ended leaves a mark that says until when it can close itself should it come back. */
const MARK = /^local connect-widget:[\w-]+: \{.*"ended":true\}$/;

/** Nothing that the package holds on to, no record, and no secret where it does not belong. */
async function checkResidue(user, { lingers, windowsStay, listensToo = [], addressStays }) {
  const residue = () => user.page.run(() => {
    const held = window.instruments.held();
    return { ...held, listeners: held.listeners.sort() };
  }).then(({ kept, ...held }) => ({ ...held, kept: kept.filter((record) => !(windowsStay && MARK.test(record))) }));
  const nothing = { listeners: listensToo, intervals: 0, channels: 0, kept: [] };
  // A window that a page may be on its way to rests for 150 or 750 ms before it closes, and closes where this page leaves.
  for (let rests = 0; rests < 10 && (await residue()).listeners.includes("pagehide"); rests += 1) await user.wait(100);
  if (!lingers) assert.deepEqual(await residue(), nothing, "what is left");
  else assert.equal((await residue()).intervals, 0, "timers left");
  const leaks = await user.page.run(() => window.instruments.leaks());
  // Where the browser lets no page rewrite its address, a code stays in it, used up.
  assert.deepEqual(leaks.filter((leak) => !(addressStays && leak.startsWith("address: "))), [], "secrets seen");
}
