// `npm start`: builds the package and the sandbox, and serves the demo site until Ctrl-C. Arguments go to the sandbox
// (`npm start -- --app-port 5000`); sandbox/README.md lists them.
import { Failure, main, run } from "./lib/run.mjs";
import { step } from "./lib/progress.mjs";
import { buildSandbox, serveSandbox } from "./lib/sandbox.mjs";
import { forPackage, setup } from "./setup.mjs";

async function buildSite() {
  await setup(...forPackage);
  await step("build the package", () => run("npm", ["run", "--silent", "build", "--", "--if-changed"], { label: "npm run build" }));
  await step("build the demo site", () => run("npm", ["run", "--silent", "build:site"], { label: "npm run build:site" }));
}

await main(async () => {
  await Promise.all([buildSite(), step("build the sandbox", buildSandbox)]);
  const hint = "; is its port taken? Choose others with: npm start -- --app-port 5000 --provider-port 5001";
  const { app, providers, end } = await serveSandbox(process.argv.slice(2), { hint });
  console.log(`
The demo app:   ${app}/
The providers:  ${providers}/  (played by the sandbox; sign in as Alice, Bob or Carol)

Open the demo app and connect an account. Ctrl-C stops it.`);
  const { code, signal } = await end;
  if (code !== 0) throw new Failure(`the sandbox ended with ${signal ?? `exit code ${code}`}`);
});
