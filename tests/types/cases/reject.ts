// What must not compile. Each line that follows a directive has one mistake; a mistake that compiles fails the test.
import { Connect, ConnectError, type ErrorCode, type Grant, type TokenResponse } from "connect-widget";
import { anny, aniapi, stackOne } from "connect-widget/providers";

const connect = Connect.create();

// @ts-expect-error the constructor is private
new Connect();
// @ts-expect-error no token
connect.open({});
// @ts-expect-error a misspelt option
connect.open({ token: "", onSucces: () => {} });
// @ts-expect-error a misspelt option, in the other verb
connect.authorize({ token: "", base_url: "" });
// @ts-expect-error a token is a string
connect.open({ token: 1 });
// @ts-expect-error a promise of something else
connect.open({ token: Promise.resolve({ session_token: "" }) });
// @ts-expect-error what is bound is said by `true` alone
connect.open({ token: { token: "", bound: false } });
// @ts-expect-error a bound token has the token in it
connect.open({ token: async () => ({ bound: true as const }) });
// @ts-expect-error parameters are texts
connect.open({ protocol: "implicit", authorizationEndpoint: "", clientId: "", redirectUri: "", params: new Map([["max_age", 1]]) });
// @ts-expect-error no such protocol
connect.open({ protocol: "oauth", clientId: "" });
// @ts-expect-error the result of Alter Connect is a list
connect.open({ token: "", onSuccess: (grant: Grant) => grant.grant_id });
// @ts-expect-error the same, inferred
connect.open({ token: "", onSuccess: (grants) => grants.grant_id });
// @ts-expect-error the result of the code grant is a token response
connect.open({ protocol: "code", authorizationEndpoint: "", clientId: "", redirectUri: "", onSuccess: (grants: Grant[]) => grants.length });
// @ts-expect-error the result is what `exchange` answers
connect.open({ protocol: "code", authorizationEndpoint: "", clientId: "", redirectUri: "", exchange: async () => ({ user: "" }), onSuccess: ({ access_token }) => access_token });
// @ts-expect-error no redirectUri
connect.open({ protocol: "code", authorizationEndpoint: "", clientId: "" });
// @ts-expect-error StackOne needs verify
connect.open({ protocol: "stackone-link", link: "" });
// @ts-expect-error Anon needs a link
connect.open({ protocol: "anon-link", token: "" });
// @ts-expect-error no such response type
connect.open({ protocol: "implicit", authorizationEndpoint: "", clientId: "", redirectUri: "", responseType: "code" });
// @ts-expect-error no such mode
connect.open({ token: "", mode: "iframe" });
// @ts-expect-error milliseconds are a number
connect.open({ token: "", timeout: "5s" });
// @ts-expect-error verify answers what the protocol's result is
connect.open({ token: "", verify: async () => "connected" });
// @ts-expect-error no such event
connect.on("opened", () => {});
// @ts-expect-error neither of them is one
connect.on(Math.random() > 0.5 ? "opened" : "closed", () => {});
// @ts-expect-error an exit has no argument
connect.on("exit", (reason) => reason);
// @ts-expect-error no refresh token
connect.refresh({ tokenEndpoint: "", clientId: "" });
// @ts-expect-error `exchange` answers something else
connect.handleRedirect<TokenResponse>({ exchange: async ({ code }) => code });
// @ts-expect-error a misspelt handler
connect.handleRedirect({ exchnge: async () => ({ user: "" }) });
connect.handleRedirect({ exchange: async () => ({ user: "" }) }).then((result) => {
  // @ts-expect-error may be null
  result.user;
  // @ts-expect-error the result is what `exchange` answers
  result?.access_token;
});
// @ts-expect-error no clientId
anny({ redirectUri: "" });
// @ts-expect-error a preset has its protocol
aniapi({ protocol: "code", clientId: "", redirectUri: "" });
// @ts-expect-error StackOne needs verify
stackOne({ link: "" });
// @ts-expect-error no such configuration
Connect.create({ labels: { waiting: "" } });
// @ts-expect-error permission is given once, for the instance
connect.open({ token: "", allowInsecureRequests: true });
// @ts-expect-error a known code only
const code: ErrorCode = "popup_block";
// @ts-expect-error a message is needed
new ConnectError("timeout");

connect.authorize({ token: "" }).then((grants) => {
  // @ts-expect-error a list
  grants.access_token;
});
connect.authorize(anny({ clientId: "", redirectUri: "" })).then((token) => {
  // @ts-expect-error may be missing
  token.refresh_token.length;
});
export { code };
