// This widget beside the published one that it replaces, `@alter-ai/connect` 0.8.0, in Chromium.
//
//   node tests/peer/run.mjs [arguments of node --test, such as --test-name-pattern=exit]
//
// Starts the sandbox and a Connect page that plays what a test dictates, runs the tests, and stops both. pkg/ must be built.
import { existsSync, readdirSync } from "node:fs";
import { inRoot } from "../../scripts/lib/paths.mjs";
import { ensureNodeModules } from "../../scripts/lib/npm.mjs";
import { Failure, main, run } from "../../scripts/lib/run.mjs";
import { startSandbox } from "../../scripts/lib/sandbox.mjs";
import { startDictatedConnect } from "./dictated-connect.mjs";

const here = (path) => inRoot("tests/peer", path);

await main(async () => {
  const pkg = process.env.SANDBOX_PKG ?? inRoot("pkg");
  if (!existsSync(`${pkg}/index.js`)) throw new Failure("pkg/ is missing; run: npm run build");
  await ensureNodeModules(here("../wrappers")); // React and Vue, for the examples of the other README
  process.env.SANDBOX_SITE = [here("pages"), inRoot("node_modules/@alter-ai/connect/dist")].join(":");
  const dictated = await startDictatedConnect();
  const sandbox = await startSandbox();
  try {
    const files = readdirSync(here(".")).filter((name) => name.endsWith(".test.mjs")).map(here);
    await run(process.execPath, ["--test", "--test-reporter=spec", "--test-concurrency=2", ...process.argv.slice(2), ...files], {
      env: { PEER_TESTS: JSON.stringify({ app: sandbox.app, providers: sandbox.providers, dictated: dictated.origin, pkg }) },
      label: "this widget beside @alter-ai/connect",
      timeout: 1200,
    });
  } finally {
    await sandbox.stop();
    dictated.stop();
  }
});
