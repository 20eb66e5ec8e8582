// What must compile: every protocol, in every way that the documentation shows.
import AlterConnect, {
  Connect, ConnectError,
  type Account, type AlterOptions, type AnyResult, type CodeOptions, type ErrorCode, type Grant, type LinkResult, type OpenOptions,
  type RedirectHandlers, type RefreshOptions, type ResultOf, type Source, type TokenResponse,
} from "connect-widget";
import SyncConnect, { Connect as Sync } from "connect-widget/sync";
import "connect-widget/callback";
import { diagnose, type Diagnosis, type Finding } from "connect-widget/debug";
import { alter, aniapi, anny, anonLink, stackOne } from "connect-widget/providers";

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends (<T>() => T extends B ? 1 : 2) ? true : false;
const same = <A, B>(_: Equal<A, B>) => {};

const connect = Connect.create();
const withConfig = AlterConnect.create({ debug: true, wasm: false, labels: { connecting: "Verbinden…" } });
const instance: Connect = withConfig;
const sync: Connect = SyncConnect.create({ allowInsecureRequests: true });
const syncToo: Sync = connect;

// Alter Connect, the default protocol
connect.open({ token: "session token" });
connect.open({ token: Promise.resolve("session token"), baseURL: "http://127.0.0.1:4401", onSuccess: (grants) => grants[0]!.grant_id.length });
connect.open({ token: async ({ state, mode, signal }) => `${state}${mode}${signal.aborted}`, onSuccess: (grants) => grants.map(({ scopes }) => scopes) });
connect.open({ token: { token: "session token", bound: true }, onSuccess: (grants) => grants.length });
connect.open({ token: async ({ state }) => ({ token: state, bound: true }), onSuccess: (grants) => same<Grant[], typeof grants>(true) });
connect.open({ token: () => fetch("/api/session").then((response): Promise<{ token: string; bound?: true }> => response.json()) });
connect.open({ onSuccess(grants) { same<Grant[], typeof grants>(true); }, token: ({ state }) => state });
connect.open({
  protocol: "alter-connect",
  token: () => fetch("/api/session", { method: "POST" }).then((response) => response.json()),
  onError: ({ code, details, cause }) => [code.length, details?.["error"], cause],
  onExit: () => {},
  onEvent: (name, metadata) => [name.length, metadata["timestamp"]],
  mode: "redirect", whenBlocked: "redirect", popup: window.open(""), signal: new AbortController().signal, timeout: 60_000,
  verify: async ({ signal }) => (signal.aborted ? null : [] as Grant[]),
});

// The other four
connect.open({ protocol: "anon-link", link: "https://example.com", redirectUrl: "https://app.example/", onSuccess: ({ state }) => state });
connect.open({ protocol: "anon-link", link: async () => ({ url: "https://example.com", state: "{}" }), onSuccess: (result) => same<LinkResult, typeof result>(true) });
connect.open({ protocol: "stackone-link", link: { auth_link_url: "" }, verify: async () => null, onSuccess: (account) => String(account) });
connect.open({ protocol: "stackone-link", link: "", verify: async ({ signal }) => ({ id: String(signal) }), onSuccess: ({ id }) => id.length });
connect.open({ protocol: "implicit", authorizationEndpoint: "", clientId: "", redirectUri: "", responseType: "id_token token", onSuccess: ({ id_token }) => id_token?.length });
connect.open({ protocol: "code", authorizationEndpoint: "", clientId: "", redirectUri: "", tokenEndpoint: "", tokenRequest: "json", issuer: "", scope: "", params: { prompt: "login", login_hint: undefined }, onSuccess: ({ access_token, expires_at }) => [access_token, expires_at] });
connect.open({ protocol: "code", authorizationEndpoint: "", clientId: "", redirectUri: "", exchange: async ({ code, codeVerifier, redirectUri }) => ({ user: code + codeVerifier + redirectUri }), onSuccess: ({ user }) => user.length });
connect.open({ protocol: "implicit", authorizationEndpoint: "", clientId: "", redirectUri: "", params: new URLSearchParams({ prompt: "login" }) });
connect.open({ protocol: "code", authorizationEndpoint: "", clientId: "", redirectUri: "", tokenEndpoint: "", params: new Map([["prompt", "login"]]) });
connect.open({ protocol: "code", authorizationEndpoint: "", clientId: "", redirectUri: "", onSuccess: ({ user }) => user.length, exchange });

// Presets, spread or passed on
connect.open({ ...anny({ clientId: "", redirectUri: "" }), onSuccess: ({ refresh_token }) => refresh_token?.length });
connect.open(anny({ clientId: "", redirectUri: "", onSuccess: ({ access_token }) => access_token.length }));
connect.open({ ...anny({ clientId: "", redirectUri: "" }), exchange: async ({ code }) => ({ session: code }), onSuccess: ({ session }) => session.length });
connect.open({ ...anny({ clientId: "", redirectUri: "" }), exchange: async ({ code }) => { code.length; } });
connect.open(aniapi({ clientId: "", redirectUri: "", authorizationEndpoint: "http://127.0.0.1:4401/v1/oauth", onSuccess: ({ access_token }) => access_token.length }));
connect.open(alter({ token: async ({ state }) => ({ token: state, bound: true }) }));
connect.open({ ...alter({ token: async ({ state }) => state }), onSuccess: (grants) => grants.length });
connect.open(anonLink({ link: async ({ state }) => ({ url: "", state }), onSuccess: ({ type }) => type }));
connect.refresh({ ...anny({ clientId: "", redirectUri: "" }), refreshToken: "" }).then(({ access_token }) => access_token.length);

// Results as promises
async function results() {
  same<Grant[], Awaited<ReturnType<typeof byDefault>>>(true);
  const link = await connect.authorize({ protocol: "anon-link", link: "" });
  same<LinkResult, typeof link>(true);
  const account = await connect.authorize(stackOne({ link: "", verify: async () => ({ id: 1 }) }));
  same<{ id: number }, typeof account>(true);
  const declared = await connect.authorize({ protocol: "stackone-link", link: "", verify });
  same<MyAccount, typeof declared>(true);
  const token = await connect.authorize(aniapi({ clientId: "", redirectUri: "" }));
  same<TokenResponse, typeof token>(true);
  const code = await connect.authorize({ ...anny({ clientId: "", redirectUri: "" }), signal: new AbortController().signal, onSuccess: ({ access_token }) => access_token });
  same<TokenResponse, typeof code>(true);
  const exchanged = await connect.authorize(anny({ clientId: "", redirectUri: "", exchange: async ({ code }) => ({ session: code }) }));
  same<{ session: string }, typeof exchanged>(true);
  const beside = await connect.authorize({ ...anny({ clientId: "", redirectUri: "" }), exchange: async ({ code }) => ({ session: code }) });
  same<{ session: string }, typeof beside>(true);
  const inline = await connect.authorize({ protocol: "code", authorizationEndpoint: "", clientId: "", redirectUri: "", exchange: async ({ code }) => ({ session: code }) });
  same<{ session: string }, typeof inline>(true);
}
const account: Account = {};
const byDefault = () => connect.authorize({ token: () => "" });
declare function exchange(grant: { code: string }): Promise<{ user: string }>;
interface MyAccount { id: string }
declare function verify(context: { signal: AbortSignal }): Promise<MyAccount | null>;

// Options built up elsewhere
declare const any: OpenOptions;
connect.open(any);
connect.authorize(any).then((result: AnyResult) => result);
const options: OpenOptions = { token: "", onSuccess: (grants) => grants.length };
const codeOptions: CodeOptions<{ user: string }> = { ...anny({ clientId: "", redirectUri: "" }), exchange: async () => ({ user: "" }), onSuccess: ({ user }) => user };
connect.open(codeOptions);
same<ResultOf<AlterOptions>, Grant[]>(true);
same<ResultOf<typeof codeOptions>, { user: string }>(true);
interface OurOptions extends AlterOptions { label: string }
const withBase = (options: AlterOptions) => connect.open({ ...options, baseURL: "https://alter.example" });
const token: AlterOptions["token"] = "session token";
const ours: OurOptions = { label: "", token };
withBase(ours);
const source: Source<string> = ({ signal }) => Promise.resolve(String(signal));

// What an app may not have is given as it is, also where optional properties are exact
declare const perhaps: { signal?: AbortSignal; timeout?: number; onExit?: () => void; popup?: Window | null; scope?: string; mode?: "popup" };
const { signal: maySignal, timeout: mayTime, onExit: mayExit, popup: mayPopUp, scope: mayScope, mode: mayMode } = perhaps;
const undecided = { signal: maySignal, timeout: mayTime, onExit: mayExit, popup: mayPopUp, mode: mayMode };
connect.open({ token: "", baseURL: undefined, ...undecided, onSuccess: (grants) => grants.length });
connect.open({ ...anny({ clientId: "", redirectUri: "", scope: mayScope }), ...undecided });
connect.open(anonLink({ link: "", redirectUrl: undefined, ...undecided }));
connect.refresh({ tokenEndpoint: "", clientId: "", refreshToken: "", scope: mayScope, signal: maySignal });
connect.handleRedirect({ exchange: undefined, verify: undefined });
Connect.create({ debug: undefined, labels: undefined });

// Redirects, events, errors
connect.handleRedirect().then((result) => result && result);
connect.handleRedirect<TokenResponse>({ exchange: async ({ code }) => ({ access_token: code, raw: {} }), verify: async () => null }).then((result) => result?.access_token);
connect.handleRedirect<Grant[] | { user: string }>({ exchange }).then((result) => result && "user" in result && result.user);
async function redirected(handlers?: RedirectHandlers) {
  const whatever = await connect.handleRedirect();
  same<AnyResult | null, typeof whatever>(true);
  const exchanged = await connect.handleRedirect({ exchange });
  same<{ user: string } | null, typeof exchanged>(true);
  const inline = await connect.handleRedirect({ exchange: async ({ code }) => ({ session: code }) });
  same<{ session: string } | null, typeof inline>(true);
  const verified = await connect.handleRedirect({ verify });
  same<MyAccount | null, typeof verified>(true);
  const either = await connect.handleRedirect({ exchange, verify });
  same<{ user: string } | MyAccount | null, typeof either>(true);
  const nothing = await connect.handleRedirect({ exchange: async () => undefined });
  same<undefined | null, typeof nothing>(true);
  const cookie = await connect.handleRedirect({ exchange: async ({ code }) => { code.length; } });
  same<void | null, typeof cookie>(true);
  const passed = await connect.handleRedirect(handlers);
  same<any, typeof passed>(true);
}
const stop: () => void = connect.on("success", (grants) => grants[0].grant_id);
connect.on("error", (error) => error.code === "popup_blocked");
connect.on("exit", () => {});
connect.on("close", () => {});
connect.on("event", (name, metadata) => [name, metadata["timestamp"]]);
const handler = (...args: any[]) => args;
connect.on("event", handler);
connect.off("event", handler);
const error = new ConnectError("timeout", "too slow", { waited: 1 });
const code: ErrorCode = "already_open";
const late: ErrorCode[] = ["expired", "core_failed"];
if (error.details?.["status"] === 502) String(error.details["body"]);
if (error.code === "access_denied") error.message.length;
const isOpen: boolean = connect.isOpen();
const version: string = connect.getVersion();
const refresh: RefreshOptions = { tokenEndpoint: "", clientId: "", refreshToken: "", tokenRequest: "form", scope: "a b" };
connect.close(), connect.focus(), connect.destroy(), stop();

// Diagnosis
const report: Promise<Diagnosis> = diagnose({ protocol: "code", redirectUri: "" });
diagnose().then(({ mode, problems }) => problems.map(({ code, fix }: Finding) => `${mode} ${code} ${fix}`));

export { account, instance, report, late, sync, syncToo, options, source, code, isOpen, version, redirected, refresh, results };
