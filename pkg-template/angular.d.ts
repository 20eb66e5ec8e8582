import type * as i0 from "@angular/core";
import type {
  Account, AlterOptions, AnonOptions, AnyResult, CodeOptions, Connect, ConnectConfig, ConnectError, EventName, Grant, ImplicitOptions,
  LinkResult, OpenOptions, RefreshOptions, StackOneOptions, Status, TokenResponse, TriggerActions, TriggerOptions,
} from "./index.js";

/**
 * Settings for the whole app; `connect` is an instance of its own for all triggers to share. `labels` are those of each
 * trigger, what it announces included; `Connect.create` knows `connecting` only.
 */
export type ConnectProviderConfig = ConnectConfig & { connect?: Connect | undefined };

/** Settings for `bootstrapApplication`'s providers. Without it the defaults hold. */
export function provideConnect(config?: ConnectProviderConfig): i0.EnvironmentProviders;

/**
 * The widget for services and components, with its state as signals; with and without zone.js. All that it does runs outside
 * Angular's zone, so that an open window causes no change detection; callbacks, `token`, `link` and `exchange` run inside.
 * `verify`, which is asked again and again, runs outside: state that it sets should be signals, or be set in `NgZone.run`.
 */
export class ConnectService {
  readonly status: i0.Signal<Status>;
  /** The last flow's result. */
  readonly result: i0.Signal<AnyResult | null>;
  /** The last flow's error. */
  readonly error: i0.Signal<ConnectError | null>;
  /** Starts a flow, or brings the live one to the front; call it in the click. Never rejects: failures are in `error` and go to `onError`. */
  open(options: AlterOptions & TriggerOptions): Promise<void>;
  open(options: AnonOptions & TriggerOptions): Promise<void>;
  open<A = Account>(options: StackOneOptions<A> & TriggerOptions): Promise<void>;
  open(options: ImplicitOptions & TriggerOptions): Promise<void>;
  open<T = TokenResponse>(options: CodeOptions<T> & TriggerOptions): Promise<void>;
  open(options: OpenOptions & TriggerOptions): Promise<void>;
  /** Starts a flow, as a promise of its result; rejects with the `ConnectError`, also when the user gives up. */
  authorize(options: AlterOptions & TriggerOptions): Promise<Grant[]>;
  authorize(options: AnonOptions & TriggerOptions): Promise<LinkResult>;
  authorize<A = Account>(options: StackOneOptions<A> & TriggerOptions): Promise<A>;
  authorize(options: ImplicitOptions & TriggerOptions): Promise<TokenResponse>;
  authorize<T = TokenResponse>(options: CodeOptions<T> & TriggerOptions): Promise<T>;
  authorize(options: OpenOptions & TriggerOptions): Promise<AnyResult>;
  /** See `Connect.handleRedirect`. */
  handleRedirect: Connect["handleRedirect"];
  /** See `Connect.refresh`. */
  refresh(options: RefreshOptions): Promise<TokenResponse>;
  /** Ends the flow with no outcome. */
  close(): void;
  /** Brings the flow's window to the front. */
  focus(): void;

  static ɵfac: i0.ɵɵFactoryDeclaration<ConnectService, never>;
  static ɵprov: i0.ɵɵInjectableDeclaration<ConnectService>;
}

/**
 * Makes a button connect: `<button [connectWidget]="options" (connectSuccess)="save($event)">Connect</button>`. The button
 * is `aria-busy` during the flow, and has `data-status` for styles; pressed again it brings the window to the front.
 * `#c="connectWidget"` gives the template the state: `c.status()`. When the element is destroyed, its flow goes on, and the
 * callbacks and outputs that its click was made with are told; `close()` ends it. Zones: see `ConnectService`.
 */
export class ConnectDirective implements TriggerActions<AnyResult> {
  /** The flow's options; callbacks in them are called besides the outputs. */
  connectWidget: OpenOptions<any, any> & TriggerOptions;
  readonly connectSuccess: i0.EventEmitter<any>;
  readonly connectError: i0.EventEmitter<ConnectError>;
  readonly connectExit: i0.EventEmitter<void>;
  readonly connectEvent: i0.EventEmitter<{ name: EventName; metadata: Record<string, unknown> }>;
  readonly status: i0.Signal<Status>;
  readonly result: i0.Signal<AnyResult | null>;
  readonly error: i0.Signal<ConnectError | null>;
  /** Whether a flow is live. */
  readonly busy: i0.Signal<boolean>;
  open(): Promise<void>;
  authorize(): Promise<AnyResult>;
  close(): void;
  focus(): void;

  static ɵfac: i0.ɵɵFactoryDeclaration<ConnectDirective, never>;
  static ɵdir: i0.ɵɵDirectiveDeclaration<
    ConnectDirective, "[connectWidget]", ["connectWidget"],
    { "connectWidget": { "alias": "connectWidget"; "required": false } },
    { "connectSuccess": "connectSuccess"; "connectError": "connectError"; "connectExit": "connectExit"; "connectEvent": "connectEvent" },
    never, never, true, never
  >;
}
