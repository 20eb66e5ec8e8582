// What a run prints: its failures as they happen, and at its end the matrix. Its results are kept for www/docs/measured.md (matrix.mjs).
import { mkdirSync, writeFileSync } from "node:fs";
import { inCache } from "../../scripts/lib/paths.mjs";
import { catalogue } from "./catalogue.mjs";
import { resultsFile, table } from "./matrix.mjs";

/** Playwright's words for a scenario's outcome after all its tries, and ours. */
const OUTCOMES = { expected: "passed", flaky: "flaky" };

export default class Report {
  onBegin(config, suite) {
    this.startedAt = performance.now();
    this.tests = suite.allTests();
    console.log(`${this.tests.length} scenarios, ${config.workers} at a time`);
  }

  onTestEnd(test, { status, duration, errors, retry }) {
    const hasPassed = status === "passed";
    if (process.env.E2E_VERBOSE || !hasPassed || retry) console.log(`${hasPassed ? "✔" : "✖"} ${test.title} (${Math.round(duration)} ms${retry ? ", second try" : ""})`);
    for (const error of errors) console.log(String(error.stack ?? error.message).replace(/^/gm, "    "));
  }

  onError(error) {
    console.log(error.stack ?? error.message ?? error);
  }

  async onEnd() {
    const scenarios = await catalogue();
    mkdirSync(inCache("e2e"), { recursive: true });
    for (const engine of new Set(this.tests.map(engineOf))) {
      const tests = this.tests.filter((test) => engineOf(test) === engine);
      const results = Object.fromEntries(tests.map((test) => [test.title, OUTCOMES[test.outcome()] ?? "failed"]));
      const cannot = scenarios.filter(({ scenario }) => scenario.cannot?.[engine]);
      const count = (result) => Object.values(results).filter((one) => one === result).length;
      // A part of a run says nothing of the rest.
      if (process.env.E2E_PART) console.log(table(scenarios.filter(({ title }) => title in results), { [engine]: results }));
      if (tests.length === scenarios.length - cannot.length) {
        writeFileSync(resultsFile(engine), JSON.stringify(results, null, 1));
        console.log(table(scenarios, { [engine]: results }));
        if (cannot.length > 0) console.log(`\nNot played in ${engine}:`);
        for (const { scenario, title } of cannot) console.log(`  ${title}: ${scenario.cannot[engine]}`);
      }
      if (count("flaky") > 0) console.log("\nFlaky, passed at the second try only:");
      for (const title of Object.keys(results)) if (results[title] === "flaky") console.log(`  ${title}`);
      const seconds = Math.round((performance.now() - this.startedAt) / 1000);
      console.log(`\n${engine}: ${count("passed")} passed, ${count("flaky")} flaky, ${count("failed")} failed, ${cannot.length} that its driver cannot play; ${seconds} s`);
    }
  }
}

const engineOf = (test) => test.parent.project().name;
