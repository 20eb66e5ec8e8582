// Starts the sandbox on free ports and drives it with Alter's published Python SDK: `node tests/sandbox/run.mjs`.
// Arguments go to unittest, e.g. `-k denying`.
import { inRoot } from "../../scripts/lib/paths.mjs";
import { venv } from "../../scripts/lib/python.mjs";
import { main, run } from "../../scripts/lib/run.mjs";
import { startSandbox } from "../../scripts/lib/sandbox.mjs";

await main(async () => {
  const python = await venv("tests/sandbox/requirements.txt");
  const { app, providers, stop } = await startSandbox();
  try {
    await run(python, ["-W", "ignore", "-m", "unittest", "--verbose", ...process.argv.slice(2)], {
      cwd: inRoot("tests/sandbox"),
      env: { ALTER_BASE_URL: providers, SANDBOX_APP: app, PYTHONDONTWRITEBYTECODE: "1" },
      label: "the published SDK against the sandbox",
      timeout: 120,
    });
  } finally {
    await stop();
  }
});
