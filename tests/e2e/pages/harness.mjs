// What every test page does: it finds its scenario, lets the scenario's page part set the button up, and reports what
// happens to the sandbox's beacon, where a test reads it without touching the page.
const KEY = "e2e";

/** The first page of a run has it in its query; the pages after it remember. */
function currentRun() {
  const named = new URLSearchParams(location.search).get("run");
  const known = localStorage.getItem(KEY);
  if (named && known !== named) {
    for (const store of [localStorage, sessionStorage]) store.clear();
    localStorage.setItem(KEY, named);
  }
  const [id, file, index, providers] = (named ?? known).split("~");
  return { id, file, index: Number(index), providers };
}

const plainText = (error) => ({ code: error.code, name: error.name, message: error.message, details: error.details, cause: error.cause && String(error.cause.message ?? error.cause) });

function readable(value) {
  if (value instanceof Error) return plainText(value);
  try {
    const text = JSON.stringify(value ?? null);
    return text.length > 12_000 ? { length: text.length } : JSON.parse(text);
  } catch (error) {
    return { unreadable: error.message };
  }
}

export async function run(Connect, ConnectError) {
  const { id, file, index, providers } = currentRun();
  const load = String(Math.random());
  let count = 0;
  const say = (kind, value) => {
    if (!(value instanceof Error)) window.instruments.learn(value);
    navigator.sendBeacon(`/api/beacon/${id}`, JSON.stringify({ load, count: (count += 1), kind, value: readable(value) }));
  };
  const { scenarios } = await import(`/scenarios/${file}.mjs`);
  const { plain } = await import("/plain.mjs");
  const scenario = scenarios[index];
  const env = { Connect, ConnectError, scenario, providers, say, go: document.querySelector("#go"), other: document.querySelector("#other") };
  window.env = env;
  Object.assign(window.instruments, { say, givesFocusBack: !!scenario.givesFocusBack, keepsFocus: !!scenario.keepsFocus });
  for (const report of window.instruments.early.splice(0)) say(...report);
  await (scenario.page ?? plain)(env);
  for (const button of document.querySelectorAll("button")) button.disabled = false;
  say("ready");
}
