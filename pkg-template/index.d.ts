// The public types of connect-widget, written by hand. RFC sections are linked where a value or a rule comes from one.

// ---------------------------------------------------------------- what goes in

/**
 * A value, a promise of it, or a function that returns either. A function is the best choice: it is called inside the
 * click, after the window is open, so that nothing it waits for can get the popup blocked.
 */
export type Source<T> = T | PromiseLike<T> | ((context: SourceContext) => T | PromiseLike<T>);

/** What a `Source` function is called with. */
export interface SourceContext {
  /**
   * This flow's fresh random value (256 bits, in base64url). A backend that puts it into the URL that the provider
   * returns to, as the query parameter `connect_state` (or into Anon's `state`), gets it compared on the way back; say so
   * (`{ token, bound: true }`, `{ url, state }`), and an answer without it is not believed.
   */
  state: string;
  /** Whether a window is open, or this page is about to go to the provider. */
  mode: "popup" | "redirect";
  /** Aborted when the flow ends before the source has answered; pass it to `fetch`. */
  signal: AbortSignal;
}

/** What every protocol's options have in common. `R` is the protocol's result. */
export interface CommonOptions<R> {
  /** Called once, with the result. Neither `onError` nor `onExit` is called then. */
  onSuccess?: ((result: Delivered<R>) => void) | undefined;
  /** Called once, when the flow failed. */
  onError?: ((error: ConnectError) => void) | undefined;
  /** Called once, when the user closed the window, or came back from a redirect without an answer. */
  onExit?: (() => void) | undefined;
  /** Called for each step, for analytics. Nothing secret is in the metadata. */
  onEvent?: ((name: EventName, metadata: Record<string, unknown>) => void) | undefined;
  /**
   * `auto` (the default) redirects the page on phones, on tablets held upright and in in-app browsers that cannot open
   * windows, and opens a popup elsewhere. A frame is never redirected.
   */
  mode?: "auto" | "popup" | "redirect" | undefined;
  /**
   * A window that the app opened itself, in the click; with `auto` it is used on phones too. `null`, the answer of a blocked
   * `window.open`, is `popup_blocked`. It is closed with the flow, and where the call is refused.
   */
  popup?: Window | null | undefined;
  /** What to do when the browser blocks the popup: fail with `popup_blocked` (the default), or redirect the page. */
  whenBlocked?: "error" | "redirect" | undefined;
  /** Ends the flow with the error `aborted`. */
  signal?: AbortSignal | undefined;
  /**
   * Milliseconds until the flow fails with `timeout`. Without it, or with 0, a flow waits for as long as the user does. A result that
   * comes later goes to `on("success")`.
   */
  timeout?: number | undefined;
  /**
   * Asks the app's own backend for the result: for providers that report to it, and for pages that cut the popup's way
   * back. Asked while the window is open and once after it has closed; `null` and `undefined` mean "not yet", and so do `false`, 0, an
   * empty text and an empty list. A question that is not answered within 15 s is asked again, and its signal aborted.
   */
  verify?: ((context: VerifyContext) => PromiseLike<R | null | undefined>) | undefined;
}

/** `R`, said in a way that keeps it from being inferred here: `verify` and `exchange` decide what it is. */
type Delivered<R> = [R][R extends unknown ? 0 : never];

/** What `verify` is called with. */
export interface VerifyContext {
  /** Aborted when the flow has ended otherwise, or when it is asked again; pass it to `fetch`. */
  signal: AbortSignal;
}

/** Alter Connect: the app's backend mints a session token, and Alter's own page does the rest. The default protocol. */
export interface AlterOptions extends CommonOptions<Grant[]> {
  protocol?: "alter-connect" | undefined;
  /**
   * The session token. It lives ten minutes and works once, so give a function that mints one for each click. `bound: true`
   * says that the backend put `context.state` into the session's `return_url` as `connect_state`: then an answer by URL
   * that lacks it is not this flow's. Without it, what comes back by URL is believed only where no link from elsewhere can
   * have made it.
   */
  token: Source<string | { token: string; bound?: true | undefined }>;
  /** Where the Alter server is: its origin, perhaps with a path, which is kept. Default: `https://api.alterauth.com`. */
  baseURL?: string | undefined;
}

/** Anon Link: the app's backend makes a link, and the user returns to its redirect URL. */
export interface AnonOptions extends CommonOptions<LinkResult> {
  protocol: "anon-link";
  /**
   * The link that Anon's `GET /link/url` answered. With `state`, the exact string that the backend gave to Anon, an answer
   * must carry the same: another one in the flow's own window is `state_mismatch`, and elsewhere it is no answer. Make it a fresh
   * one for each link, with `context.state` in it: an answer with it is believed from everywhere, so nobody must be able to guess it.
   * Anon's default, `{}`, is no such state: leave `state` out then.
   */
  link: Source<string | { url: string; state?: string | undefined }>;
  /**
   * Where Anon sends the user back to, on this page's origin. Default: the link's own `redirectUrl` parameter. Where neither
   * is there, the page is unknown, and any page of this origin counts if its URL has all that Anon sends.
   */
  redirectUrl?: string | undefined;
}

/** StackOne Auth Links: the app's backend makes a link, and learns of the account from StackOne's webhook. */
export interface StackOneOptions<A = Account> extends CommonOptions<A> {
  protocol: "stackone-link";
  /** The Auth Link: its URL, or the whole answer of StackOne's `POST /connect_sessions`. */
  link: Source<string | { auth_link_url: string }>;
  /**
   * Asks the app's backend for the account; StackOne tells nobody else. Whatever it answers is the result.
   * Written before `onSuccess`, it tells TypeScript what that receives.
   */
  verify: (context: VerifyContext) => PromiseLike<A | null | undefined>;
}

/** What both OAuth grants need for their {@link https://www.rfc-editor.org/rfc/rfc6749#section-3.1 authorization request}. */
export interface AuthorizationRequestOptions<R> extends CommonOptions<R> {
  /** The server's authorization endpoint. Parameters that it has already are kept. */
  authorizationEndpoint: string;
  /** The public client's identifier, as registered. */
  clientId: string;
  /** Where the server sends the user back to: on this page's origin, exactly as registered, and with no `code`, `state` or `error` of its own in a query that the answer comes in. */
  redirectUri: string;
  /** Space-separated scopes ({@link https://www.rfc-editor.org/rfc/rfc6749#section-3.3 RFC 6749 §3.3}); `""` is sent as such. */
  scope?: string | undefined;
  /**
   * Further parameters of the request, such as `prompt`, `login_hint`, `audience` or `resource`; none may stand there already.
   * The answer is read where a `response_mode` asks for it: `query` or `fragment`.
   */
  params?: Record<string, string | undefined> | URLSearchParams | Map<string, string> | undefined;
}

/**
 * OAuth 2.0 implicit grant ({@link https://www.rfc-editor.org/rfc/rfc6749#section-4.2 RFC 6749 §4.2}).
 * @deprecated Legacy: {@link https://www.rfc-editor.org/rfc/rfc9700#section-2.1.2 RFC 9700 §2.1.2} advises against
 * access tokens in URLs. It is here for servers that offer nothing else; prefer `code`.
 */
export interface ImplicitOptions extends AuthorizationRequestOptions<TokenResponse> {
  protocol: "implicit";
  /** `id_token token` also asks for an ID token, with a nonce that is compared. Default: `token`. */
  responseType?: "token" | "id_token token" | undefined;
}

/**
 * OAuth 2.0 authorization code grant ({@link https://www.rfc-editor.org/rfc/rfc6749#section-4.1 RFC 6749 §4.1}), always
 * with PKCE S256 ({@link https://www.rfc-editor.org/rfc/rfc7636 RFC 7636}) and `state`.
 * Give `tokenEndpoint`, or `exchange`: then whatever that answers is the result.
 */
export interface CodeOptions<R = TokenResponse> extends AuthorizationRequestOptions<R> {
  protocol: "code";
  /** The server's token endpoint; it must allow this origin (CORS). */
  tokenEndpoint?: string | undefined;
  /** How the token request's body is written. `form` (the default) is the standard; anny takes `json`. */
  tokenRequest?: "form" | "json" | undefined;
  /**
   * The server's issuer identifier. Where it is given, the answer's `iss` must be there and equal it, or the flow fails with
   * `issuer_mismatch` ({@link https://www.rfc-editor.org/rfc/rfc9207 RFC 9207}); where it is not, `iss` is not looked at.
   */
  issuer?: string | undefined;
  /**
   * Hands the code to the app's own backend, for a client that keeps a secret there. Rejecting is `exchange_failed`.
   * Written before `onSuccess`, it tells TypeScript what that receives.
   */
  exchange?: ((grant: AuthorizationGrant) => PromiseLike<R>) | undefined;
}

/** What `exchange` needs in order to ask for a token ({@link https://www.rfc-editor.org/rfc/rfc7636#section-4.5 RFC 7636 §4.5}). */
export interface AuthorizationGrant {
  /** The authorization code; it works once. */
  code: string;
  /** The PKCE code verifier that belongs to it. */
  codeVerifier: string;
  /** The redirect URI of the request; the token request repeats it. */
  redirectUri: string;
  /** What else came with the code, where anything did, such as QuickBooks’ `realmId` or Shopify’s `shop`. */
  params?: Record<string, string>;
}

/** The options of any protocol: `A` is what StackOne's `verify` answers, `T` what the code grant's `exchange` does. */
export type OpenOptions<A = Account, T = TokenResponse> = AlterOptions | AnonOptions | StackOneOptions<A> | ImplicitOptions | CodeOptions<T>;

/** The names of the five protocols. */
export type Protocol = "alter-connect" | "anon-link" | "stackone-link" | "implicit" | "code";

/** Options of `Connect.create`. */
export interface ConnectConfig {
  /** Explains on the console what goes wrong, why, and what to do about it. Secrets are never written. Default: `false`. */
  debug?: boolean | undefined;
  /** `connecting`, the only text that the widget itself shows. The others are the triggers'. English by default. */
  labels?: Partial<Labels> | undefined;
  /** `false` goes straight to the JavaScript core, on pages whose CSP would report the attempt to use WebAssembly. */
  wasm?: boolean | undefined;
  /**
   * Lets endpoints, links and bases be plain http on other machines than this one. For tests: what is sent there can be read
   * and changed on the way. Loopback hosts, such as `localhost`, need no permission.
   */
  allowInsecureRequests?: boolean | undefined;
}

/**
 * Every text that a user can see or hear. `connecting` is the widget's own; the others are announced by triggers: those of
 * `connect-widget/react`, `/vue`, `/angular` and `/element`.
 */
export interface Labels {
  /** Title and text of the window while it waits for the token or the link. */
  connecting: string;
  /** Announced when the window has opened. */
  opened: string;
  /** Announced after a success. */
  success: string;
  /** Announced after a failure. */
  failed: string;
  /** Announced after the user gave up. */
  cancelled: string;
  /** Announced when the browser blocked the window. */
  blocked: string;
}

/** Functions cannot be kept over a redirect, so `handleRedirect` takes them again. */
export interface RedirectHandlers<R = any> {
  /** See `CodeOptions.exchange`. */
  exchange?: ((grant: AuthorizationGrant) => PromiseLike<R>) | undefined;
  /** See `CommonOptions.verify`. */
  verify?: ((context: VerifyContext) => PromiseLike<R | null | undefined>) | undefined;
}

/** A refresh request ({@link https://www.rfc-editor.org/rfc/rfc6749#section-6 RFC 6749 §6}). `anny()` has the first two and `tokenRequest`. */
export interface RefreshOptions {
  /** The server's token endpoint. */
  tokenEndpoint: string;
  /** The public client's identifier. */
  clientId: string;
  /** The refresh token. Where the answer has a new one, this one is spent. */
  refreshToken: string;
  /** Fewer scopes than before. Beside a flow's `authorizationEndpoint` it is what the flow asked for: where less was granted, the token is for that. */
  scope?: string | undefined;
  /** How the body is written. Default: `form`. */
  tokenRequest?: "form" | "json" | undefined;
  /** Stops waiting, with the error `aborted`. The request goes on: its answer may hold the only live token. */
  signal?: AbortSignal | undefined;
}

// ---------------------------------------------------------------- what comes out

/** One account that the user connected through Alter. Keep `grant_id`. */
export interface Grant {
  /** The grant's id, which the backend uses from then on. */
  grant_id: string;
  /** The provider's id, such as `google`. */
  provider: string;
  /** The provider's name, such as `Google`. Default: the id. */
  provider_name: string;
  /** Which account, such as an email address; may be empty. */
  account_identifier: string;
  /** When, in ISO 8601. */
  timestamp: string;
  /** `reauth`: an existing grant was repaired and has kept its `grant_id`. */
  operation: "creation" | "reauth";
  /** The scopes that the user granted. */
  scopes: string[];
  /** Whether the grant can be used now. */
  status: "active" | "pending" | "error";
  /** More about the account, where the provider says it. */
  metadata?: { account_display_name?: string; account_email?: string; [key: string]: any };
}

/** Anon's success. */
export interface LinkResult {
  type: "success";
  /** The `state` that came back, parsed as JSON where it is JSON. */
  state: unknown;
}

/** An account, as the app's own backend described it in `verify`. */
export type Account = Record<string, unknown>;

/** A token response ({@link https://www.rfc-editor.org/rfc/rfc6749#section-5.1 RFC 6749 §5.1}), normalised. */
export interface TokenResponse {
  access_token: string;
  /** Usually `Bearer`; AniAPI and anny leave it out. */
  token_type?: string;
  /** Life of the access token in seconds, where the server says it. */
  expires_in?: number;
  /** When the access token expires: Unix time in seconds. */
  expires_at?: number;
  /** Pass it to `refresh()`. */
  refresh_token?: string;
  /** What was granted, where it differs from what was asked for. */
  scope?: string;
  /** The OpenID Connect ID token, untouched: checking its signature is the app's affair. */
  id_token?: string;
  /** The response as it came. */
  raw: Record<string, unknown>;
}

/** The result that options `O` lead to. */
export type ResultOf<O> =
  O extends { protocol: "anon-link" } ? LinkResult
  : O extends { protocol: "stackone-link" } ? AnswerOf<O, "verify", Account>
  : O extends { protocol: "implicit" } ? TokenResponse
  : O extends { protocol: "code" } ? AnswerOf<O, "exchange", TokenResponse>
  : Grant[];

/** What the function `O[K]` answers, or `Otherwise` where there is none. */
type AnswerOf<O, K extends string, Otherwise> =
  K extends keyof O
    ? [NonNullable<O[K]>] extends [never] ? Otherwise
      : NonNullable<O[K]> extends (...args: any[]) => PromiseLike<infer R> ? Exclude<R, null | undefined>
      : Otherwise
    : Otherwise;

/** The result of any protocol. */
export type AnyResult = ResultOf<OpenOptions>;

/** The codes that this package makes. */
export type ErrorCode =
  /** An option, or what `token` or `link` answered, is missing or wrong; the message names it. No window stays open. */
  | "invalid_options"
  /** The instance was destroyed; create another. */
  | "sdk_destroyed"
  /** `authorize()` while a flow is live; its window was brought to the front. */
  | "already_open"
  /** `signal` was aborted, or `close()` or `destroy()` called. */
  | "aborted"
  /** `timeout` has passed. */
  | "timeout"
  /** The browser blocked the window. Call `open()` directly in the click. */
  | "popup_blocked"
  /** The user closed the window; for callbacks this is `onExit`. */
  | "popup_closed"
  /** The page could not be redirected, or what it must remember could not be stored. */
  | "redirect_error"
  /** The answer to a redirect came after its attempt had expired. */
  | "expired"
  /** `token` or `link` threw, or its promise was rejected; see `cause`. (One that answers no token or link is `invalid_options`.) */
  | "source_failed"
  /** The provider's answer makes no sense. */
  | "invalid_response"
  /** The flow's own window, or the page after a redirect, came back with an answer to another flow. */
  | "state_mismatch"
  /** The answer comes from another issuer (RFC 9207). */
  | "issuer_mismatch"
  /** The ID token belongs to another request. */
  | "nonce_mismatch"
  /** The token endpoint could not be reached, redirects, or does not allow this origin (CORS); see `cause`. */
  | "network_error"
  /** `exchange` rejected; see `cause`. */
  | "exchange_failed"
  /** `verify` kept failing; see `cause`. */
  | "verify_failed"
  /** Called where there is no window, such as on a server. */
  | "no_window"
  /** The core could not be loaded; see `cause`. The next click tries again; some browsers need a reload of the page. */
  | "load_failed"
  /** The core stopped (out of memory, or a bug); see `cause`. The next click starts it afresh. */
  | "core_failed"
  /** The provider reported an error without a code. */
  | "oauth_error";

/** The error of every failure. Providers' own codes, such as `access_denied`, come through verbatim. */
export class ConnectError extends Error {
  constructor(code: ErrorCode | (string & {}), message: string, details?: Record<string, unknown>, cause?: unknown);
  name: "ConnectError";
  /** A stable, snake_case fact: one of `ErrorCode`, or the provider's own code. */
  code: ErrorCode | (string & {});
  /**
   * What the provider said, untouched: `error`, `error_description` and whatever came with them. Of a failed token request:
   * the answer's own members, `status` (of HTTP) and `body`, parsed where it is JSON or a form.
   */
  details?: Record<string, unknown>;
  /** What the app, the network or the loader threw; of an abort, the signal's `reason`. */
  cause?: unknown;
}

/** The steps that `onEvent` and `on("event")` report. */
export type EventName = "OPEN" | "connect_opened" | "OAUTH_STARTED" | "OAUTH_COMPLETE" | "EXIT" | (string & {});

/** What the handlers of `on()` receive, by event. */
export interface ConnectEvents {
  success: [result: any];
  error: [error: ConnectError];
  exit: [];
  close: [];
  event: [name: EventName, metadata: Record<string, unknown>];
}

// ---------------------------------------------------------------- the widget

/** Connects accounts, one at a time: `open()` in a click, and the result comes back exactly once. */
export class Connect {
  private constructor();

  /**
   * Makes an instance; synchronous, and safe on a server. In a browser it takes the answer of a pending redirect out of
   * the address bar at once and holds it until someone asks; the core is fetched in idle time.
   * @throws {ConnectError} `invalid_options` where the configuration cannot be read
   */
  static create(config?: ConnectConfig): Connect;

  /**
   * Starts a flow; call it directly in the click. While a flow is live it brings that flow's window to the front; where that is
   * closed or cut off, the flow is over with an exit two seconds later.
   * @returns a promise that resolves once the flow is launched; its outcome, every failure included, goes to the callbacks
   * and to `on()`
   * @throws {ConnectError} (as a rejection) only where no flow begins: `invalid_options`, `sdk_destroyed`, `no_window`
   */
  open(options: AlterOptions): Promise<void>;
  open(options: AnonOptions): Promise<void>;
  open<A = Account>(options: StackOneOptions<A>): Promise<void>;
  open(options: ImplicitOptions): Promise<void>;
  open<T = TokenResponse>(options: CodeOptions<T>): Promise<void>;
  open(options: OpenOptions): Promise<void>;

  /**
   * The same flow, as a promise of its result.
   * @throws {ConnectError} (as a rejection) every error; `popup_closed` when the user closed the window, `already_open`
   * while another flow is live, `aborted` after `close()`
   */
  authorize(options: AlterOptions): Promise<Grant[]>;
  authorize(options: AnonOptions): Promise<LinkResult>;
  authorize<A = Account>(options: StackOneOptions<A>): Promise<A>;
  authorize(options: ImplicitOptions): Promise<TokenResponse>;
  authorize<T = TokenResponse>(options: CodeOptions<T>): Promise<T>;
  authorize(options: OpenOptions): Promise<AnyResult>;

  /**
   * The result of the full-page redirect that this page came back from; once. A code whose flow was begun with `exchange`, by
   * redirect or by a popup whose opener was reloaded meanwhile, is kept until a call brings `exchange` again, and then is that
   * function's own: a reload while it is under way answers `null`. Without it, and
   * where nothing came back, the answer is `null`. With `verify` the app's backend is asked about a flow that was begun with one and brought
   * no answer back, by redirect or by such a popup: a few times in five seconds, then the answer is `null`; what a popup brings later goes to `on("success")`.
   * Where `exchange` answers nothing, as with a backend that sets a cookie, it is `undefined`. An instance that is destroyed before it can
   * be answered leaves what came back to the next one that asks, and answers `null`. TypeScript takes what the handlers answer for the
   * result: where a page comes back from other systems too, say so, `handleRedirect<Session | Grant[]>({ exchange })`.
   * @throws {ConnectError} (as a rejection) the redirect's failure; `expired` where it came too late; `invalid_options`, `sdk_destroyed`,
   * `load_failed`, `core_failed`
   */
  handleRedirect<R = AnyResult>(handlers?: RedirectHandlers<R>): Promise<R | null>;
  /** The same, where `exchange` and `verify` answer differently. */
  handleRedirect<E, V>(handlers: Pick<RedirectHandlers<E>, "exchange"> & Pick<RedirectHandlers<V>, "verify">): Promise<E | V | null>;

  /**
   * Asks for a new access token; calls with the same refresh token share one request, also across tabs.
   * @throws {ConnectError} (as a rejection) `invalid_options`, `network_error`, `invalid_response`, `aborted`, `sdk_destroyed`,
   * `no_window`, `load_failed`, `core_failed`, or the server's code such as `invalid_grant`
   */
  refresh(options: RefreshOptions): Promise<TokenResponse>;

  /**
   * Ends the live flow, if any, with no outcome but the `close` event.
   * @throws {ConnectError} `sdk_destroyed`
   */
  close(): void;
  /** Brings the live flow's window to the front. */
  focus(): void;
  /**
   * Ends everything and forgets all handlers. The instance cannot be used again: what else it is asked throws or rejects with
   * `sdk_destroyed`, but for `destroy()`, `focus()` and `getVersion()`.
   */
  destroy(): void;

  /**
   * Subscribes to an event of every flow. `success` and `error` also get what a redirect brought, however late one subscribes.
   * @returns a function that unsubscribes
   * @throws {ConnectError} `invalid_options` where the handler is no function, `sdk_destroyed`
   */
  on<E extends keyof ConnectEvents>(event: E, handler: (...args: ConnectEvents[E]) => void): () => void;
  /** For an event whose name is known at run time only. */
  on<E extends string>(event: string extends E ? E : never, handler: (...args: any[]) => void): () => void;
  /**
   * Takes a handler back.
   * @throws {ConnectError} `sdk_destroyed`
   */
  off(event: string, handler: (...args: any[]) => void): void;

  /**
   * Whether a flow is live.
   * @throws {ConnectError} `sdk_destroyed`
   */
  isOpen(): boolean;
  /** The package's version. */
  getVersion(): string;
}

export default Connect;

// ---------------------------------------------------------------- names of @alter-ai/connect, so that code written for it compiles

/** `ConnectConfig`, under the name that `@alter-ai/connect` gives it. */
export type AlterConnectConfig = ConnectConfig;
/** What `@alter-ai/connect` says of an error; every `ConnectError` is one. */
export interface AlterError {
  code: string;
  message: string;
  details?: Record<string, any>;
}
/**
 * The options of `open()` as `@alter-ai/connect` declares them under the name `OpenOptions`: `token` is a text, and `onSuccess` is
 * there, so that code may extend them, take them apart and call what is in them. `AlterOptions` take more.
 */
export interface AlterOpenOptions {
  token: string;
  baseURL?: string;
  onSuccess: (grants: Grant[]) => void;
  onExit?: () => void;
  onError?: (error: AlterError) => void;
  onEvent?: (eventName: string, metadata: any) => void;
}
/** A provider, as Alter's API lists it. Nothing here takes or answers one. */
export interface Provider {
  id: string;
  name: string;
  description: string;
  category: string;
  logo_url: string;
}

// ---------------------------------------------------------------- shared by the wrappers for frameworks

/** What a trigger is at. `opening`: the window is there, or about to be; `open`: the user is at the provider. */
export type Status = "idle" | "opening" | "open" | "success" | "error" | "exit";

/** What a trigger shows. */
export interface TriggerState<R> {
  status: Status;
  /** The last flow's result. */
  result: R | null;
  /** The last flow's error. */
  error: ConnectError | null;
}

/** What a trigger takes besides the options of a flow. */
export interface TriggerOptions {
  /**
   * Tells this trigger from others of the same protocol and client, so that the answer of a full-page redirect reaches
   * the one that started it. The same on every load of the page.
   */
  id?: string | undefined;
  /** Texts that users see or hear; `""` silences an announcement. */
  labels?: Partial<Labels> | undefined;
  /** An instance of the app's own, such as one made from `connect-widget/sync`. Default: one for each trigger. */
  connect?: Connect | undefined;
}

/** What can be done with a trigger. */
export interface TriggerActions<R> {
  /** Starts a flow, or brings the live one to the front. Resolves when it is launched and never rejects: failures are in `error` and go to `onError`. */
  open(): Promise<void>;
  /** Starts a flow, as a promise of its result; rejects with the `ConnectError`, also when the user gives up. */
  authorize(): Promise<R>;
  /** Ends the flow with no outcome. */
  close(): void;
  /** Brings the flow's window to the front. */
  focus(): void;
}

declare global {
  // Named above; where TypeScript has neither the DOM's types nor Node's, as it may be on a server, they are nothing more.
  interface AbortSignal {}
  interface URLSearchParams {}
  interface Window {}
}
