// The end-to-end tests: every scenario of tests/e2e/scenarios in each engine. Chromium is driven by Playwright, Firefox and
// WebKitGTK by Selenium; the project's name tells tests/e2e/drivers which one it is.
//
//   E2E_PART=quick  only the quick part (catalogue.mjs)
//   E2E_WORKERS     browsers at a time; default 2
//   E2E_PKG         the built package; default pkg/
//   E2E_VERBOSE=1   a line for every scenario
import { defineConfig } from "@playwright/test";
import { engines } from "./tests/e2e/catalogue.mjs";

export default defineConfig({
  testDir: "tests/e2e",
  outputDir: ".cache/e2e/output",
  fullyParallel: true,
  workers: Number(process.env.E2E_WORKERS ?? 2),
  timeout: 60_000,
  // A busy machine may lose a click. What passes at the second try is shown as flaky.
  retries: 1,
  grep: process.env.E2E_PART ? new RegExp(`@${process.env.E2E_PART}\\b`) : undefined,
  globalSetup: "./tests/e2e/setup.mjs",
  reporter: [["./tests/e2e/report.mjs"]],
  projects: engines.map((name) => ({ name, testMatch: `${name}.spec.mjs` })),
});
