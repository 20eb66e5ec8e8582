// Where the core comes from, and what the copies of this package on one page have in common.
import { ConnectError, error } from "./errors.js";
import { calls } from "./launch.js";
import { KEY } from "./owner.js";

/** The core, once it is there; what loads hand-over.js and debug.js. */
export let core, loadHandOver, loadDebug;

let loading, load;

/** Sets where the core comes from, `source({ wasm, isIdle, shell, onCrash })`, and hand-over.js and debug.js; each may be a promise. */
export const setSource = (...sources) => ([load, loadHandOver, loadDebug] = sources);

/** What the copies share: the instances that listen for results or errors, in their order, and the cores. */
export const ofPage = () => (window[Symbol.for(`${KEY}page`)] ||= { subscribers: new Set(), cores: new Set() });

/** Those who listen get what came back. */
export const demand = () => ofPage().cores.forEach((core) => core.demand());

const shell = { ConnectError, subscribers: () => [...ofPage().subscribers] };

/** The core, or a promise of it; a load that failed is tried again by whoever asks next or waits already. `isIdle`: nobody waits for it. */
export function getCore({ wasm }, isIdle) {
  if (core) return core;
  if (loading) return loading.catch(() => getCore({ wasm }));
  const take = (found) => {
    loading = 0;
    ofPage().cores.add(found);
    // Some may have begun to listen when no core could be loaded.
    if (ofPage().subscribers.size) setTimeout(demand);
    return (core = found);
  };
  const found = load({ wasm, isIdle, shell, onCrash });
  if (!found.then) return take(found);
  loading = found.then(
    take,
    (cause) => {
      loading = 0;
      throw error("load_failed", cause);
    },
  );
  // Firefox does what is due in the middle of `window.open`, before a click has said that it hears of a failure.
  loading.catch(() => {});
  return loading;
}

/** After a trap the instance is dead: its flows fail, and the next call gets a fresh one. */
function onCrash(cause) {
  ofPage().cores.delete(core);
  core = undefined;
  for (const call of calls) call.end(error("core_failed", cause));
  calls.clear();
}

/** What the core answers, unless it stops before. */
export const answerOf = (ask) =>
  new Promise((resolve, reject) => {
    const call = { end: reject };
    calls.add(call);
    ask().then(resolve, reject).then(() => calls.delete(call));
  });
