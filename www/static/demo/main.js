// The demo: click, watch, see the result. It uses nothing of the widget that is not public.
import { $ } from "./dom.js";
import { config as readConfig, post } from "./backend.js";
import { Flow } from "./flow.js";
import { Settings } from "./settings.js";
import { Timeline } from "./timeline.js";
import { highlight } from "./highlight.js";
import { hideOutcome, showError, showExit, showResult } from "./outcome.js";
import { showConnections } from "./list.js";
import { systemFor, systemOf } from "./systems.js";

if (!window.ConnectWidget) {
  $("status").textContent = "The package is not there. Build it with: npm run build";
  throw new Error("/pkg/connect-widget.global.js did not load");
}

const connect = window.ConnectWidget.create({ debug: true });
const timeline = new Timeline($("timeline"), (count) => { $("clear").hidden = count === 0; });
const log = (kind, what, detail) => timeline.add(kind, what, detail);

// What `debug` finds, where everybody sees it.
window.addEventListener("connect-widget:finding", ({ detail: { code, happened, cause, fix } }) => {
  timeline.add("finding", happened, `Likely cause: ${cause} What to do: ${fix}`, { label: `About ${code}`, href: `/docs/troubleshooting.html#${code}` });
});

const configured = readConfig().then((answer) => { config = answer; });

let flow = Flow.remembered();
let config;

/* The click */

/** Opens the window: inside the click, with nothing awaited before it. */
function start(system, reconnect) {
  if (connect.isOpen()) {
    connect.focus();
    return;
  }
  const chosen = system === settings.system;
  const values = chosen ? settings.values : settings.valuesOf(system);
  const switches = chosen ? settings.switches : {};
  flow = new Flow({ system: system.id, values, reconnect });
  timeline.start();
  hideOutcome();
  busy(true);
  log("app", reconnect ? `Click on Reconnect ${reconnect.provider_name}` : "Click on Connect", `connect.open({ protocol: "${system.protocol}", … })`);
  const { late, session = {}, change = () => ({}) } = (chosen && settings.mistake) || {};
  const right = system.options({ values, switches, session, delay: settings.delay, config, reconnect, flow, log });
  const options = { ...right, mode: settings.mode, ...change(right) };
  const open = () => connect.open(options).catch(failed);
  if (late) late().then(open);
  else open();
}

/* The outcome */

async function succeeded(result) {
  const system = systemOf(flow.system);
  const context = { ...flow, flow, config, connect };
  const summary = system.summary(result, context);
  log("good", "success", summary);
  settled(`Connected: ${summary}.`);
  const show = (shown) => showResult(shown, `Connected: ${summary}`, system.actions?.({ ...context, result: shown, show }) ?? []);
  show(result);
  try {
    const connection = await system.save(result, context);
    if (connection) await post("/api/connections", connection);
    log("app", "The app’s backend has it in its list");
    await refreshList();
  } catch (error) {
    log("bad", "The app could not keep it", error.message);
  }
}

function failed(error) {
  log("bad", `error: ${error.code ?? error.name}`, error.message);
  settled(error.message);
  showError(error);
}

function exited() {
  log("calm", "exit", "The user closed the window");
  settled("The window was closed. Nothing was connected.");
  showExit();
}

function settled(sentence) {
  busy(false);
  $("status").textContent = sentence;
}

function busy(is) {
  $("connect").textContent = "Connect";
  $("connect").setAttribute("aria-busy", String(is));
  $("cancel").hidden = !is;
  if (is) $("status").textContent = "One moment…";
}

/** Only now there is another window: a redirect has none. */
function opened() {
  $("connect").textContent = "Show the window";
  $("status").textContent = "Waiting for the other window…";
}

/* The page */

const settings = new Settings($("workbench"), ({ system, values, mode }) => {
  $("code").replaceChildren(...highlight(system.code(values, mode)));
  showMore(system);
});

function showMore(system) {
  const more = config && system.more?.(config);
  $("more").hidden = !more;
  if (more) Object.assign($("more"), { textContent: more.label, href: more.href });
}

const refreshList = () => showConnections((connection) => start(systemFor(connection), connection));

/** The answer to the redirect that this page came back from, if it did. */
async function returned() {
  const system = systemOf(flow.system);
  const result = await connect.handleRedirect(system?.handlers?.({ values: flow.values, flow, log }));
  if (result === null) return;
  await configured;
  log("app", "The page is back from the provider");
  await succeeded(result);
  $("outcome").scrollIntoView({ block: "nearest" });
}

async function ready() {
  timeline.restore();
  // Before anyone subscribes: an answer that waits would go to the first subscriber.
  const back = returned().catch((error) => configured.then(() => failed(error)));
  await configured;
  $("connect").disabled = false;
  showMore(settings.system);
  await back;
  connect.on("success", succeeded);
  connect.on("error", failed);
  connect.on("exit", exited);
  connect.on("event", (name, metadata) => {
    if (name === "OPEN") opened();
    log("event", name, describe(metadata));
  });
  await refreshList();
}

const describe = (metadata) => Object.entries(metadata ?? {})
  .filter(([name]) => name !== "timestamp")
  .map(([name, value]) => `${name}: ${typeof value === "object" ? JSON.stringify(value) : value}`).join(", ");

$("workbench").addEventListener("submit", (event) => {
  event.preventDefault();
  start(settings.system);
});

$("cancel").addEventListener("click", () => {
  connect.close();
  log("calm", "close", "The app ended the flow: connect.close()");
  settled("Cancelled.");
  $("connect").focus();
});

$("clear").addEventListener("click", () => {
  timeline.clear();
  hideOutcome();
  $("connect").focus();
});

$("copy").addEventListener("click", async () => {
  try {
    await navigator.clipboard.writeText($("code").textContent);
    $("copy").textContent = "Copied";
  } catch {
    // The browser refuses the clipboard, or has none for plain http: the user copies what is selected.
    getSelection().selectAllChildren($("code"));
    $("copy").textContent = "Selected";
  }
  setTimeout(() => { $("copy").textContent = "Copy"; }, 2000);
});

window.addEventListener("pagehide", () => connect.isOpen() && log("app", "This page leaves for the provider"));

ready().catch((error) => {
  log("bad", "The demo’s backend does not answer", error.message);
  $("status").textContent = "The demo’s backend does not answer. Start it with: npm start";
});
