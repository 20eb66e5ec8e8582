// What came back: grants, an account, a token (masked) or an error; and what can be asked about it.
import { $, facts, h, masked } from "./dom.js";

const box = () => $("outcome");

export function hideOutcome() {
  box().hidden = true;
  box().replaceChildren();
}

const show = (kind, title, ...content) => {
  box().className = `outcome ${kind}`;
  box().replaceChildren(h("h3", {}, title), ...content.filter(Boolean));
  box().hidden = false;
};

/** @param {{label: string, run: () => Promise<unknown>}[]} actions asked of the backend or the provider, one button each */
export function showResult(result, title, actions) {
  const items = Array.isArray(result) ? result : [result];
  show("good", title, ...items.map((item) => facts(tidy(masked(item)))), buttons(actions));
}

export function showError(error) {
  show("bad", error.code ?? error.name,
    h("p", {}, error.message),
    error.details && Object.keys(error.details).length > 0 && facts({ details: masked(error.details) }),
    error.cause && facts({ cause: error.cause.message ?? String(error.cause) }));
}

export const showExit = () => show("calm", "Closed", h("p", {}, "The window was closed before anything was connected. The next click works."));

/** The raw response repeats what the other fields say: shown last. */
const tidy = ({ raw, ...rest }) => ({ ...rest, raw });

function buttons(actions) {
  if (actions.length === 0) return null;
  const answer = h("div", { role: "status" });
  const run = async (action, button) => {
    button.disabled = true;
    try {
      answer.replaceChildren(facts(masked(await action.run())));
    } catch (error) {
      answer.replaceChildren(h("p", { class: "bad-text" }, error.message));
    } finally {
      button.disabled = false;
    }
  };
  return h("div", { class: "actions" }, actions.map((action) => h("button", { type: "button", class: "button quiet little", onclick: (event) => run(action, event.currentTarget) }, action.label)), answer);
}
