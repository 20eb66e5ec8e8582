// One instance of the core, bound to the shell and to the page.
import { listOf, plainly } from "./calm.js";
import { ofPage } from "./page.js";

/**
 * Plays a call that nobody made, for what is no window, and its answer. Engines compile a function when it is first called; a slow device would
 * spend several frames of the first click on that, and the first result would wait for it, too.
 */
function rehearse(core) {
  const popup = {
    closed: false,
    location: { href: "", replace() {} },
    close() {
      popup.closed = true;
    },
  };
  const widget = { config: {}, handlersOf: () => [] };
  const grants = [{ grant_id: "none", provider: "none" }];
  core.open({ widget, options: { token: "none", mode: "popup", onSuccess() {} }, popup, ended() {}, resolve() {} });
  core.hear({ source: popup, origin: "https://api.alterauth.com", data: { type: "alter_connect_success", grants } });
  core.close(widget);
}

let shown;

/** A page that is prerendered begins with a copy of the tab's store: until it is shown, what waits there, and a refresh token, is for the page that the user sees. */
const whenShown = (work) =>
  document.prerendering === true ? (shown ||= new Promise((resolve) => document.addEventListener("prerenderingchange", resolve))).then(work) : work();

/**
 * Binds the core to the page and to the shell, which gives it `ConnectError`. `calls` has what is under way in it.
 * @returns the core's functions: src/bindings.rs
 */
export function bindShell(core, ConnectError, calls) {
  const { cores, subscribers } = ofPage();
  core.bind({ newError: (...values) => new ConnectError(...values), listOf, plainly, subscribers: () => [...subscribers] });
  let isRehearsed = false;
  /** A call with an `end(failure)`, until it says that it has ended. */
  const begin = (call) => {
    calls.add(call);
    call.ended = () => calls.delete(call);
    return call;
  };
  /** What the core answers, unless it stops before. */
  const answer = (ask) => (...values) =>
    new Promise((resolve, end) => {
      const { ended } = begin({ end });
      whenShown(() => ask(...values)).then(resolve, end).then(ended);
    });
  /** For an idle moment: takes up what an earlier page left open, and makes the first click as quick as any other. */
  const warm = () => {
    whenShown(core.recall);
    // Where there was a click already, it is too late.
    if (!isRehearsed && core.isAtRest()) rehearse(core);
    isRehearsed = true;
  };
  const bound = { ...core, open: (call) => core.open(begin(call)), handleRedirect: answer(core.handleRedirect), demand: () => whenShown(core.demand), refresh: answer(core.refresh), warm };
  cores.add(bound);
  // Some may have begun to listen when no core could be loaded.
  if (subscribers.size) setTimeout(bound.demand);
  return bound;
}

/**
 * Binds the core to its instance of WebAssembly, to the page and to the shell. After a trap that instance is dead: `onCrash` is told, so that the
 * next call gets a fresh one, and what was under way fails.
 */
export function bindCore(core, exports, { ConnectError, onCrash }) {
  const calls = new Set();
  let bound;
  const fail = (cause) => {
    ofPage().cores.delete(bound);
    onCrash();
    for (const call of calls) call.end(new ConnectError("core_failed", "The core stopped; see cause. The next click tries again.", undefined, cause));
  };
  core.__wbg_set_wasm(core.guard(exports, fail));
  return (bound = bindShell(core, ConnectError, calls));
}
