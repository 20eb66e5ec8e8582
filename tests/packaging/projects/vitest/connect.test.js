// An app's own tests: ES modules, in a window that jsdom or happy-dom makes, with a core that is loaded when it is needed.
import { beforeEach, describe, expect, test, vi } from "vitest";
import Connect, { ConnectError } from "connect-widget";
import { anny } from "connect-widget/providers";

let popup;

beforeEach(() => {
  popup = { closed: false, close: () => (popup.closed = true), focus() {}, postMessage() {}, location: { href: "about:blank", replace: (url) => (popup.location.href = url) } };
  popup.window = popup;
  popup.document = document.implementation.createHTMLDocument("");
  window.open = vi.fn(() => popup);
  window.fetch = vi.fn(async () => ({ status: 200, text: async () => JSON.stringify({ access_token: "new" }) }));
});

const pause = () => new Promise((resolve) => setTimeout(resolve, 100));

describe.each([["with WebAssembly", {}], ["as JavaScript", { wasm: false }]])("%s", (_, config) => {
  test("open() brings the account", async () => {
    const onSuccess = vi.fn();
    const connect = Connect.create(config);
    await connect.open({ token: async () => "tök", onSuccess });
    await vi.waitFor(() => expect(popup.location.href).toBe("https://api.alterauth.com/sdk/oauth/connect#session=t%C3%B6k"));
    expect(window.open).toHaveBeenCalledTimes(1);
    const data = { type: "alter_connect_success", grants: [{ grant_id: "g", provider: "google", account_identifier: "zoë" }] };
    window.dispatchEvent(new MessageEvent("message", { source: popup, origin: "https://api.alterauth.com", data }));
    await pause();
    expect(onSuccess.mock.calls[0][0][0].account_identifier).toBe("zoë");
    expect([connect.isOpen(), popup.closed]).toEqual([false, true]);
  });

  test("a window that is blocked is a ConnectError", async () => {
    window.open = vi.fn(() => null);
    const failure = await Connect.create(config).authorize({ token: "t" }).catch((error) => error);
    expect(failure).toBeInstanceOf(ConnectError);
    expect(failure).toMatchObject({ name: "ConnectError", code: "popup_blocked" });
  });

  test("refresh() answers the new token", async () => {
    const tokens = await Connect.create(config).refresh({ ...anny({ clientId: "a", redirectUri: "https://app.example/" }), refreshToken: "r" });
    expect(tokens).toMatchObject({ access_token: "new", refresh_token: "r" });
    expect(JSON.parse(window.fetch.mock.calls[0][1].body)).toMatchObject({ grant_type: "refresh_token", client_id: "a" });
  });
});

test("what is left to idle time is no error when the window is gone", () => void Connect.create());
