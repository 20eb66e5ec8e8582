import type {
  AnyResult, AuthorizationGrant, Connect, ConnectError, EventName, Labels, Protocol, Source, Status, TriggerActions, VerifyContext,
} from "./index.js";

/**
 * Defines `<connect-button>`, once; on a server it does nothing. Importing the module defines nothing by itself.
 * @param name another name for the element
 * @returns the element's class; undefined on a server, and in an extension's content script
 */
export function registerConnectButton(name?: string): { new (): ConnectButtonElement } | undefined;

/** What can be set on `<connect-button>`. */
export interface ConnectButtonProperties {
  protocol: Protocol | null;
  /** Where the app's backend mints the session token: POSTed `{state}` in the click, answers it as text, `{session_token}` or `{token}`, with `bound: true` where the answer must carry the state. */
  tokenUrl: string | null;
  /** Where the app's backend makes the link: POSTed `{state}` in the click, answers it as text, `{url, state?}` or `{auth_link_url}`. */
  linkUrl: string | null;
  /** Where the app's backend answers the connected account, or nothing yet: POSTed `{}`. */
  verifyUrl: string | null;
  /** Where the app's backend exchanges the code: POSTed `{code, codeVerifier, redirectUri, params?}`, answers the result. */
  exchangeUrl: string | null;
  baseURL: string | null;
  redirectUrl: string | null;
  authorizationEndpoint: string | null;
  clientId: string | null;
  redirectUri: string | null;
  scope: string | null;
  responseType: string | null;
  tokenEndpoint: string | null;
  tokenRequest: string | null;
  issuer: string | null;
  mode: string | null;
  whenBlocked: string | null;
  /** Milliseconds. */
  timeout: number | undefined;
  /** As an attribute: JSON. */
  params: Record<string, string | undefined> | undefined;
  /** What the element announces; `connecting` is the waiting window's. As an attribute: JSON. */
  labels: Partial<Labels> | undefined;
  token: Source<string | { token: string; bound?: true | undefined }> | undefined;
  link: Source<string | { url: string; state?: string | undefined } | { auth_link_url: string }> | undefined;
  verify: ((context: VerifyContext) => PromiseLike<any>) | undefined;
  exchange: ((grant: AuthorizationGrant) => PromiseLike<unknown>) | undefined;
  popup: Window | null | undefined;
  signal: AbortSignal | undefined;
  connect: Connect | undefined;
  name: string;
  disabled: boolean;
  /** Whether a form needs a result. */
  required: boolean;
  /** What the form says until there is one. */
  requiredText: string | null;
}

/**
 * What it says of itself, as every form control does; but `labels` are texts here. In Safari before 16.4 no form knows it: then
 * `form` is `null`, and it is always valid.
 */
type FormControl = Pick<ElementInternals, "form" | "validity" | "validationMessage" | "willValidate" | "checkValidity" | "reportValidity">;

/**
 * `<connect-button token-url="/api/session">Connect</connect-button>`: each property that is a string or a number is an
 * attribute too, with dashes. Parts: `button`, `status`. Custom properties: `--connect-button-background`, `-color`,
 * `-border`, `-radius`, `-padding`, `-outline`. In a form its value is the result as JSON, under `name`.
 * Taken out of the document, its flow goes on, and its own listeners are told; `close()` ends it.
 */
export interface ConnectButtonElement extends HTMLElement, ConnectButtonProperties, FormControl, Omit<TriggerActions<AnyResult>, "focus"> {
  /** Brings the flow's window to the front; without one, focuses the button. */
  focus(options?: FocusOptions): void;
  readonly status: Status;
  readonly result: AnyResult | null;
  readonly error: ConnectError | null;

  addEventListener<K extends keyof ConnectButtonEventMap>(
    type: K, listener: (this: ConnectButtonElement, event: ConnectButtonEventMap[K]) => any, options?: boolean | AddEventListenerOptions,
  ): void;
  addEventListener(type: string, listener: EventListenerOrEventListenerObject, options?: boolean | AddEventListenerOptions): void;
  removeEventListener<K extends keyof ConnectButtonEventMap>(
    type: K, listener: (this: ConnectButtonElement, event: ConnectButtonEventMap[K]) => any, options?: boolean | EventListenerOptions,
  ): void;
  removeEventListener(type: string, listener: EventListenerOrEventListenerObject, options?: boolean | EventListenerOptions): void;
}

/**
 * The element's own events. `error` and `close` do not bubble, nor leave a shadow tree, as the platform's own do not. What bubbles is told to the page's body too
 * where the element was taken off the page.
 */
export interface ConnectButtonOwnEvents {
  success: CustomEvent<any>;
  error: CustomEvent<ConnectError>;
  exit: CustomEvent<undefined>;
  close: CustomEvent<undefined>;
  event: CustomEvent<{ name: EventName; metadata: Record<string, unknown> }>;
}

export type ConnectButtonEventMap = Omit<HTMLElementEventMap, keyof ConnectButtonOwnEvents> & ConnectButtonOwnEvents;

declare global {
  interface HTMLElementTagNameMap {
    "connect-button": ConnectButtonElement;
  }
}
