import type { AllowedComponentProps, ButtonHTMLAttributes, ComponentCustomProps, ComponentPublicInstance, ComputedRef, Ref, VNodeProps } from "vue";
import type {
  Account, AlterOptions, AnonOptions, AnyResult, CodeOptions, ConnectError, EventName, Grant, ImplicitOptions, LinkResult, OpenOptions,
  ResultOf, StackOneOptions, Status, TokenResponse, TriggerActions, TriggerOptions,
} from "./index.js";

/** What `useConnect` answers. */
export interface UseConnect<R> extends TriggerActions<R> {
  status: ComputedRef<Status>;
  /** The last flow's result. */
  result: ComputedRef<R | null>;
  /** The last flow's error. */
  error: ComputedRef<ConnectError | null>;
  /** For the element that gets the focus back after the flow: `<button :ref="connect.trigger">`. */
  trigger: (element: any) => void;
}

/**
 * A flow for a component. The options are read when they are needed: give a ref or a function where they change. When the
 * component unmounts, its flow goes on, and the callbacks that its click was made with are called; `close()` in
 * `onBeforeUnmount` ends it. Of `labels`, all but `connecting` are what this trigger announces; `Connect.create` knows that
 * one only.
 */
// First: of a function, TypeScript types the callbacks by the first signature that could be meant.
export function useConnect<O extends OpenOptions & TriggerOptions>(options: () => O): UseConnect<ResultOf<O>>;
export function useConnect(options: Options<AlterOptions>): UseConnect<Grant[]>;
export function useConnect(options: Options<AnonOptions>): UseConnect<LinkResult>;
export function useConnect<A = Account>(options: Options<StackOneOptions<A>>): UseConnect<A>;
export function useConnect(options: Options<ImplicitOptions>): UseConnect<TokenResponse>;
export function useConnect<T = TokenResponse>(options: Options<CodeOptions<T>>): UseConnect<T>;
export function useConnect(options: Options<OpenOptions>): UseConnect<AnyResult>;

type Options<O> = (O & TriggerOptions) | Ref<O & TriggerOptions> | (() => O & TriggerOptions);
type Callbacks = "onSuccess" | "onError" | "onExit" | "onEvent";
type WithoutCallbacks<O> = O extends unknown ? Omit<O, Callbacks> : never;

/** Props of `ConnectButton`: a flow's options. The callbacks are its events. */
export type ConnectButtonProps = WithoutCallbacks<OpenOptions<any, any>> & TriggerOptions & {
  /** `@success`. For the result's exact type use `useConnect`. */
  onSuccess?: ((result: any) => void) | undefined;
  /** `@error` */
  onError?: ((error: ConnectError) => void) | undefined;
  /** `@exit` */
  onExit?: (() => void) | undefined;
  /** `@event` */
  onEvent?: ((name: EventName, metadata: Record<string, unknown>) => void) | undefined;
};

type KeysOfEach<O> = O extends unknown ? keyof O : never;
/** What is no option goes to the button; where vue-tsc checks templates strictly, it must know that. */
type ButtonAttributes = Omit<ButtonHTMLAttributes, KeysOfEach<ConnectButtonProps>>;

/**
 * A button that connects: `<ConnectButton :token="mint" @success="save">Connect</ConnectButton>`. It is `aria-busy` during
 * the flow, and has `data-status` for styles; pressed again it brings the window to the front.
 */
export declare const ConnectButton: {
  new (...args: any[]): ComponentPublicInstance<ConnectButtonProps & ButtonAttributes & VNodeProps & AllowedComponentProps & ComponentCustomProps, TriggerActions<AnyResult>> & {
    $slots: { default?: (props: { status: Status }) => any };
  };
};
