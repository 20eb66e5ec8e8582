// An app that uses one of the two widgets, as `?widget=` says, and writes down what it sees of it in `window.log`.

const widgets = { peer: "/alter-connect.esm.js", ours: "/pkg/index.js" };
const widget = new URLSearchParams(location.search).get("widget");
const { default: AlterConnect } = await import(widgets[widget]);

window.log = [];
window.AlterConnect = AlterConnect;

/** Errors as plain data: their code, whether a sentence goes with it, and what the provider said. */
const isFailure = (value) => value instanceof Error || (typeof value?.code === "string" && typeof value?.message === "string");
window.plain = (value) => (isFailure(value) ? { code: value.code, says: value.message.length > 0, details: value.details } : value);

/** A handler that writes down that it was called, and with what. */
window.note = (name) => (...values) => void window.log.push([name, ...values.map(window.plain)]);

/** What every flow of a test is given, besides what the test is about. */
window.callbacks = { onSuccess: note("onSuccess"), onError: note("onError"), onExit: note("onExit") };

/** Writes down what a call answers or throws. */
window.attempt = async (name, run) => {
  try {
    window.log.push([name, window.plain(await run())]);
  } catch (error) {
    window.log.push([`${name} throws`, window.plain(error)]);
  }
};

const { open } = window;
window.opened = [];
let inClick = false;
window.open = (url, name, features) => {
  window.opened.push({ url: String(url ?? ""), features, inClick });
  return (window.popup = open.call(window, url, name, features));
};

document.querySelector("button").onclick = () => {
  inClick = true;
  window.clicked();
  inClick = false;
};

window.connect = AlterConnect.create({ debug: new URLSearchParams(location.search).has("debug") });
for (const event of ["success", "error", "exit", "close"]) window.connect.on(event, note(`on ${event}`));
// A click that is quicker than the core opens a blank window first; other suites look at that.
const pause = (time) => new Promise((resolve) => setTimeout(resolve, time));
const isThere = () => performance.getEntriesByType("resource").some(({ name }) => name.endsWith("/core.js"));
if (widget === "ours") {
  while (!isThere()) await pause(20);
  await pause(100);
}
window.ready = true;
