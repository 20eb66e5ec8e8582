// The app that most scenarios need: one widget, one button, every callback reported.
import { protocols } from "/scenarios/protocols.mjs";

/** The scenario's options, with a callback for every outcome. */
export function optionsOf(env) {
  const { scenario, say } = env;
  const callbacks = {
    onSuccess: (value) => say("success", value),
    onError: (error) => say("error", error),
    onExit: () => say("exit"),
    onEvent: (name, metadata) => say("event", [name, metadata]),
  };
  env.protocolOptions = protocols[scenario.protocol].options(env);
  const options = { ...env.protocolOptions, ...(scenario.mode === "redirect" ? { mode: "redirect" } : {}), ...callbacks, ...scenario.options?.(env) };
  for (const key of Object.keys(options)) if (options[key] === undefined) delete options[key];
  return options;
}

/** Clicks on an element are reported with what they led to. */
export function onClick(env, button, work) {
  button.addEventListener("click", () => {
    try {
      Promise.resolve(work()).then((value) => env.say("resolved", value), (error) => env.say("rejected", error));
    } catch (error) {
      env.say("threw", error);
    }
  });
}

/** The widget and a button that opens it; nobody asks for a redirect's result yet. */
export function plainWidget(env) {
  const { Connect, scenario, say, go } = env;
  const widget = (env.widget = Connect.create({ debug: true, ...scenario.config }));
  widget.on("close", () => say("close"));
  env.options = optionsOf(env);
  onClick(env, go, () => (scenario.promise ? widget.authorize(env.options) : widget.open(env.options)));
  return widget;
}

/** For scenarios about a click that the core serves by itself: one that is quicker opens a blank window. */
export async function coreIsThere() {
  while (!window.performance.getEntriesByType("resource").some(({ name }) => name.endsWith("/core.js"))) await new Promise((resolve) => setTimeout(resolve, 20));
  await new Promise((resolve) => setTimeout(resolve, 200));
}

export async function plain(env) {
  const { scenario, say } = env;
  const widget = plainWidget(env);
  const { verify, exchange } = env.options;
  if (scenario.subscribe) {
    widget.on("success", (value) => say("on success", value));
    widget.on("error", (error) => say("on error", error));
    widget.on("exit", () => say("on exit"));
  } else {
    widget.handleRedirect({ verify, exchange }).then((value) => value !== null && say("redirected", value), (error) => say("redirect failed", error));
  }
}

/** The same, once a click is served by the core. */
export async function plainWithCore(env) {
  await plain(env);
  await coreIsThere();
}
