// One instance of the core, bound to the shell.
import { listOf, plainly } from "./calm.js";

/** What `driver::prepare` plays so that the engine compiles it: a call that nobody made, for what is no window, and its answer. */
function rehearsal() {
  const popup = {
    closed: false,
    location: { replace() {} },
    close() {
      popup.closed = true;
    },
  };
  const launch = { widget: { config: {}, handlersOf: () => [] }, options: { token: "none", mode: "popup" }, wantsResult: false, popup, ended() {}, resolve() {} };
  const grants = [{ grant_id: "none", provider: "none" }];
  return [launch, { source: popup, origin: "https://api.alterauth.com", data: { type: "alter_connect_success", grants } }];
}

/** Binds the core to the shell; `calls` has what is under way in it. @returns the core's functions: src/bindings.rs */
export function bindShell(core, shell, calls = new Set()) {
  core.bind({ ...shell, listOf, plainly });
  let isPrepared = false;
  const prepare = () => {
    if (!isPrepared) core.prepare(...rehearsal());
    isPrepared = true;
  };
  // A page that is prerendered has the tab's store only once it is shown.
  const recall = () => (document.prerendering ? document.addEventListener("prerenderingchange", core.recall) : core.recall());
  const open = (call) => {
    call.ended = () => calls.delete(call);
    calls.add(call);
    core.open(call);
  };
  const answer = (ask) => (...values) =>
    new Promise((resolve, end) => {
      const call = { end };
      calls.add(call);
      ask(...values).then(resolve, end).then(() => calls.delete(call));
    });
  return { ...core, open, handleRedirect: answer(core.handleRedirect), refresh: answer(core.refresh), prepare, recall };
}

/** Binds it to its instance, too. After a trap that is dead: `onCrash` is told, so that the next call gets a fresh one, and what was under way fails. */
export function bindCore(core, exports, shell, onCrash) {
  const calls = new Set();
  const fail = (cause) => {
    onCrash();
    for (const call of calls) call.end(new shell.ConnectError("core_failed", "The core stopped; see cause. The next click tries again.", undefined, cause));
    calls.clear();
  };
  core.__wbg_set_wasm(core.guard(exports, fail));
  return bindShell(core, shell, calls);
}
