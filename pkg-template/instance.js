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

/** Binds the core to the shell. @returns the core's functions: src/bindings.rs */
export function bindShell(core, shell) {
  core.bind({ ...shell, listOf, plainly });
  let isPrepared = false;
  const prepare = () => {
    if (!isPrepared) core.prepare(...rehearsal());
    isPrepared = true;
  };
  // A page that is prerendered has the tab's store only once it is shown.
  const recall = () => (document.prerendering ? document.addEventListener("prerenderingchange", core.recall) : core.recall());
  return { ...core, prepare, recall };
}

/** Binds it to its instance, too. */
export function bindCore(core, exports, shell, onCrash) {
  core.__wbg_set_wasm(core.guard(exports, onCrash));
  return bindShell(core, shell);
}
