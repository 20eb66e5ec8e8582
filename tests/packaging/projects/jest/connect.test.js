// An app's own tests: CommonJS, jsdom, no flags. Once with WebAssembly, once where there is none.
let Connect, anny, popup;

beforeEach(() => {
  jest.resetModules();
  Connect = require("connect-widget");
  ({ anny } = require("connect-widget/providers"));
  popup = { closed: false, close: () => (popup.closed = true), focus() {}, postMessage() {}, location: { href: "about:blank", replace: (url) => (popup.location.href = url) } };
  popup.window = popup;
  popup.document = document.implementation.createHTMLDocument();
  window.open = jest.fn((url) => {
    popup.closed = false;
    popup.location.href = url || "about:blank";
    return popup;
  });
  window.fetch = jest.fn(async () => ({ status: 200, text: async () => JSON.stringify({ access_token: "new" }) }));
});

test("<connect-button> is made, and opens by a click", async () => {
  const { registerConnectButton } = require("connect-widget/element");
  registerConnectButton();
  const button = document.body.appendChild(Object.assign(document.createElement("connect-button"), { token: "t" }));
  expect([button.form, button.checkValidity()]).toEqual([null, true]);
  button.click();
  await pause();
  expect(window.open).toHaveBeenCalledTimes(1);
  expect(button.status).toBe("open");
});

const pause = () => new Promise((resolve) => setTimeout(resolve, 100));

describe.each([["with WebAssembly", WebAssembly], ["without WebAssembly", undefined]])("%s", (_, available) => {
  beforeEach(() => (globalThis.WebAssembly = available));

  test("open() brings the account", async () => {
    const onSuccess = jest.fn();
    const connect = Connect.create();
    await connect.open({ token: async () => "tök", onSuccess });
    await pause();
    expect(window.open).toHaveBeenCalledTimes(1);
    expect(popup.location.href).toBe("https://api.alterauth.com/sdk/oauth/connect#session=t%C3%B6k");
    const data = { type: "alter_connect_success", grants: [{ grant_id: "g", provider: "google", account_identifier: "zoë" }] };
    window.dispatchEvent(new MessageEvent("message", { source: popup, origin: "https://api.alterauth.com", data }));
    expect(onSuccess.mock.calls[0][0][0].account_identifier).toBe("zoë");
    expect([connect.isOpen(), popup.closed]).toEqual([false, true]);
  });

  test("authorize() rejects with a ConnectError", async () => {
    const connect = Connect.create();
    await expect(connect.authorize({ token: 1 })).rejects.toMatchObject({ code: "invalid_options" });
    const answer = connect.authorize(anny({ clientId: "a", redirectUri: "https://app.example/" }));
    await pause();
    connect.close();
    await expect(answer).rejects.toBeInstanceOf(Connect.ConnectError);
  });

  test("refresh() answers the new token", async () => {
    const tokens = await Connect.create().refresh({ ...anny({ clientId: "a", redirectUri: "https://app.example/" }), refreshToken: "r" });
    expect(tokens).toMatchObject({ access_token: "new", refresh_token: "r" });
    expect(JSON.parse(window.fetch.mock.calls[0][1].body)).toMatchObject({ grant_type: "refresh_token", client_id: "a" });
  });
});
