// The end-to-end tests: every scenario of tests/e2e/scenarios in each engine. Chromium and Firefox are driven by Playwright, WebKitGTK
// by Selenium; the project's name tells tests/e2e/drivers which one it is.
import { defineConfig } from "@playwright/test";
import { engines } from "./tests/e2e/catalogue.mjs";

export default defineConfig({
  testDir: "tests/e2e",
  outputDir: ".cache/e2e/output",
  fullyParallel: true,
  workers: Number(process.env.E2E_WORKERS ?? 2),
  timeout: 30_000,
  globalSetup: "./tests/e2e/setup.mjs",
  reporter: [["./tests/e2e/report.mjs"]],
  projects: engines.map((name) => ({ name, testMatch: `${name}.spec.mjs` })),
});
