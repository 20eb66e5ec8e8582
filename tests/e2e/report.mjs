// What a run prints: its failures as they happen, and at its end the matrix. Its results are kept for the README (matrix.mjs).
import { mkdirSync, writeFileSync } from "node:fs";
import { inCache } from "../../scripts/lib/paths.mjs";
import { catalogue } from "./catalogue.mjs";
import { resultsFile, table } from "./matrix.mjs";

export default class Report {
  constructor() {
    this.results = new Map();
    this.all = new Map();
  }

  onBegin(config, suite) {
    const tests = suite.allTests();
    this.whole = process.argv.every((value) => !/^(-g|--grep)/.test(value));
    console.log(`${tests.length} scenarios, ${config.workers} at a time`);
    for (const test of tests) this.all.set(test.id, test);
  }

  onTestEnd(test, result) {
    const project = test.parent.project().name;
    if (!this.results.has(project)) this.results.set(project, {});
    this.results.get(project)[test.title] = result.status === "passed" ? "passed" : "failed";
    if (process.env.E2E_VERBOSE || result.status !== "passed") console.log(`${result.status === "passed" ? "✔" : "✖"} ${test.title} (${Math.round(result.duration)} ms)`);
    for (const error of result.errors) console.log(String(error.stack ?? error.message).replace(/^/gm, "    "));
  }

  onError(error) {
    console.log(error.stack ?? error.message ?? error);
  }

  async onEnd() {
    const scenarios = await catalogue();
    mkdirSync(inCache("e2e"), { recursive: true });
    for (const [engine, results] of this.results) {
      // A part of a run says nothing of the rest.
      if (this.whole) writeFileSync(resultsFile(engine), JSON.stringify(results, null, 1));
      const passed = Object.values(results).filter((status) => status === "passed").length;
      const cannot = scenarios.filter(({ scenario }) => scenario.cannot?.[engine]);
      if (this.whole) console.log(table(scenarios, { [engine]: results }));
      if (this.whole && cannot.length > 0) {
        console.log(`\nNot played in ${engine}:`);
        for (const { scenario, title } of cannot) console.log(`  ${title}: ${scenario.cannot[engine]}`);
      }
      console.log(`\n${engine}: ${passed} passed, ${Object.keys(results).length - passed} failed, ${cannot.length} that its driver cannot play`);
    }
  }
}
