// One core for all tests of the file, and Jest's own timers in the first, which have a `queueMicrotask` that is forgotten with the test.
const Connect = require("connect-widget");

afterEach(() => jest.useRealTimers());

test.each(["fake", "real"])("an account, with %s timers", async (timers) => {
  if (timers === "fake") jest.useFakeTimers();
  const popup = { closed: false, close: () => (popup.closed = true), focus() {}, postMessage() {}, location: { href: "about:blank", replace: (url) => (popup.location.href = url) } };
  window.open = () => popup;
  const onSuccess = jest.fn();
  await Connect.create().open({ token: async () => "t", onSuccess });
  await soon();
  expect(popup.location.href).toBe("https://api.alterauth.com/sdk/oauth/connect#session=t");
  const message = new MessageEvent("message", { origin: "https://api.alterauth.com", data: { type: "alter_connect_success", grants: [{ grant_id: "g", provider: "google" }] } });
  Object.defineProperty(message, "source", { value: popup });
  window.dispatchEvent(message);
  await soon();
  expect(onSuccess).toHaveBeenCalledTimes(1);
});

/** A few microtasks later, whatever timers are. */
async function soon() {
  for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
}
