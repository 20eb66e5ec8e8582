// What a run prints: a line per failure while it goes, the matrix at its end. Its results are kept for `npm run matrix`.
export default class Report {
  onTestEnd(test, result) {
    const mark = result.status === "passed" ? "✔" : "✖";
    console.log(`${mark} ${test.title} (${Math.round(result.duration)} ms)`);
    for (const error of result.errors) console.log(String(error.stack ?? error.message).replace(/^/gm, "    "));
  }
  onError(error) {
    console.log(error.stack ?? error.message ?? error);
  }
}
