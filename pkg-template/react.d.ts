import type { ButtonHTMLAttributes, DetailedHTMLProps, HTMLAttributes, ReactElement, Ref } from "react";
import type { ConnectButtonElement, ConnectButtonOwnEvents, ConnectButtonProperties } from "./element.js";
import type {
  Account, AlterOptions, AnonOptions, AnyResult, CodeOptions, Grant, ImplicitOptions, LinkResult, OpenOptions, StackOneOptions, TokenResponse,
  TriggerActions, TriggerOptions, TriggerState,
} from "./index.js";

/** What `useConnect` answers. Its functions need no `this`: `const { open, ref } = useConnect(…)`, then `onClick={open}`. */
export interface UseConnect<R> extends TriggerState<R>, Readonly<TriggerActions<R>> {
  /** For the element that gets the focus back after the flow: `<button ref={ref}>`. */
  ref: (element: HTMLElement | null) => void;
}

/**
 * A flow for a component, as state and functions. The options of the latest rendering count, callbacks included. When the
 * component unmounts, its flow goes on, and the callbacks that its click was made with are called; `close()`, in an effect's
 * clean-up, ends it. Of `labels`, all but `connecting` are what this trigger announces; `Connect.create` knows that one only.
 */
export function useConnect(options: AlterOptions & TriggerOptions): UseConnect<Grant[]>;
export function useConnect(options: AnonOptions & TriggerOptions): UseConnect<LinkResult>;
export function useConnect<A = Account>(options: StackOneOptions<A> & TriggerOptions): UseConnect<A>;
export function useConnect(options: ImplicitOptions & TriggerOptions): UseConnect<TokenResponse>;
export function useConnect<T = TokenResponse>(options: CodeOptions<T> & TriggerOptions): UseConnect<T>;
export function useConnect(options: OpenOptions & TriggerOptions): UseConnect<AnyResult>;

type KeysOfEach<O> = O extends unknown ? keyof O : never;
type ButtonAttributes = Omit<ButtonHTMLAttributes<HTMLButtonElement>, KeysOfEach<OpenOptions>> & { ref?: Ref<HTMLButtonElement> };

/** Props of `ConnectButton`: a flow's options beside a button's attributes. */
export type ConnectButtonProps<O = OpenOptions> = O & TriggerOptions & ButtonAttributes;

/**
 * A button that connects. It is `aria-busy` during the flow, and has `data-status` for styles; pressed again it brings the
 * window to the front.
 */
export function ConnectButton(props: ConnectButtonProps<AlterOptions>): ReactElement;
export function ConnectButton(props: ConnectButtonProps<AnonOptions>): ReactElement;
export function ConnectButton<A = Account>(props: ConnectButtonProps<StackOneOptions<A>>): ReactElement;
export function ConnectButton(props: ConnectButtonProps<ImplicitOptions>): ReactElement;
export function ConnectButton<T = TokenResponse>(props: ConnectButtonProps<CodeOptions<T>>): ReactElement;
export function ConnectButton(props: ConnectButtonProps): ReactElement;

/**
 * Attributes of `<connect-button>` in JSX. React 19 sets properties, functions and objects included, and listens:
 * `onsuccess={…}`, but not as it hydrates what a server has rendered; React 18 knows attributes alone.
 */
export type ConnectButtonElementProps =
  & DetailedHTMLProps<HTMLAttributes<ConnectButtonElement>, ConnectButtonElement>
  & Partial<ConnectButtonProperties>
  & { [E in keyof ConnectButtonOwnEvents as `on${E}`]?: ((event: ConnectButtonOwnEvents[E]) => void) | undefined }
  & { class?: string | undefined; form?: string | undefined };

declare module "react" {
  namespace JSX {
    interface IntrinsicElements {
      "connect-button": ConnectButtonElementProps;
    }
  }
}
