// The smallest app: a button that runs the request which the test has put into `window.request`, and everything that came
// of it in `window.outcomes`, as plain data.
import { Connect } from "/pkg/index.js";

const plain = ({ name, code, message, details, cause }) => ({ name, code, message, details, cause: cause && String(cause) });

function record(kind, promise) {
  promise.then(
    (result) => window.outcomes.push({ kind, result }),
    (error) => window.outcomes.push({ kind, error: plain(error) }),
  );
  return promise;
}

/** The app's own backend, which keeps the client's secret. */
async function exchange(grant) {
  const answer = await fetch("/exchange", { method: "POST", body: JSON.stringify(grant) });
  if (!answer.ok) throw new Error(`the backend answered ${answer.status}`);
  return answer.json();
}

window.outcomes = [];
window.connect = Connect.create({ debug: true });
window.plain = plain;
if (window.lateSubscriber) {
  setTimeout(() => {
    for (const event of ["success", "error"]) window.connect.on(event, (value) => window.outcomes.push({ kind: event, [event === "error" ? "error" : "result"]: event === "error" ? plain(value) : value }));
  }, 200);
} else record("redirect", window.connect.handleRedirect({ exchange })).catch(() => {});

document.querySelector("button").onclick = () => {
  const { request } = window;
  record("authorize", window.connect.authorize(request.exchange ? { ...request, exchange } : request)).catch(() => {});
};
