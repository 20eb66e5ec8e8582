// The app that every test makes its own mistake with: `window.mistake`, which the test has put there, changes the honest options.
import { endpoint, post, protocols } from "/scenarios/protocols.mjs";

const { protocol = "alter-connect", sandbox = {}, session = {}, entry = "index.js", config, create = true } = window.setup;
const { default: Connect } = await import(`/pkg/${entry}`);
const { providers } = await (await fetch("/api/config")).json();

const env = { Connect, providers, post, endpoint, scenario: { sandbox, session }, go: document.querySelector("#go"), outcomes: [] };
window.env = env;
if (create) {
  env.connect = Connect.create({ debug: true, ...config });
  const told = (outcome) => (value) => env.outcomes.push(outcome, value?.code);
  const callbacks = { onSuccess: told("success"), onError: told("error"), onExit: told("exit") };
  env.options = { ...protocols[protocol].options(env), ...callbacks };
  env.go.onclick = () => env.connect.open(env.options).catch(told("rejected"));
  await window.mistake?.(env);
  const { verify, exchange } = env.options;
  env.connect.handleRedirect({ verify, exchange }).then((value) => value === null || told("redirected")(value), told("redirect failed"));
}
env.go.disabled = false;
