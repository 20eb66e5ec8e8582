// The types of connect-widget/debug, which an app loads while it is being built: by `create({ debug: true })`, or by itself.
import type { OpenOptions } from "./index.js";

/** Something that is wrong, or would be. Nothing secret is in it, and of URLs no more than origin and path. */
export interface Finding {
  /** What it is: a stable, snake_case fact, and an anchor of the troubleshooting page. */
  code: string;
  /** What happened. */
  happened: string;
  /** The likely cause. */
  cause: string;
  /** What to do. */
  fix: string;
  /** The section of the troubleshooting page. */
  docs: string;
}

/** What `diagnose()` answers: plain data, to be looked at or sent to somebody. */
export interface Diagnosis {
  /** The package's version. */
  version: string;
  /** The versions of all copies on the page; `unknown` for one without `debug`. */
  copies: string[];
  /** The protocol that the options name. */
  protocol: string;
  /** What `open()` would do here. */
  mode: "popup" | "redirect";
  /** Why that. */
  because: string;
  /** What to enter at the provider, or to have the backend ask for, by the provider's own names. */
  register: Record<string, string>;
  /** The page. */
  page: {
    origin: string;
    /** Whether the browser takes it for secure: https, or this machine. */
    isSecure: boolean;
    isFramed: boolean;
    /** The origin of another site that has this page in a frame; `""` where the browser does not say which. */
    foreignTop: string | null;
  };
  /** This page's own headers; `null` where the server does not answer `HEAD`. */
  headers: { coop: string | null; csp: string | null } | null;
  storage: { sessionStorage: StorageState; localStorage: StorageState };
  /** How many attempts this tab remembers. */
  pending: number;
  /** Whether WebAssembly runs; otherwise the same core runs as JavaScript. */
  wasm: boolean;
  /** Whether a window that was cut off can reach the page: `BroadcastChannel`. */
  channels: boolean;
  /** Whether tabs can agree who asks for a token: Web Locks. */
  locks: boolean;
  /** How many seconds the device's clock is ahead of the server's; 0 within a minute. */
  secondsAhead: number;
  /** What can be seen to be wrong before anything is opened. */
  problems: Finding[];
  /** What was found since the page was loaded. */
  found: Finding[];
}

/** Whether a store can be written to. */
export type StorageState = "ok" | "refused" | "full";

/**
 * Reports what the page, the options and the device say about a flow, and shows it on the console. Opens nothing. It asks for
 * this page's headers and, where it is another page of this origin, for the one at the redirect URI, with its scripts.
 * @param options those of `open()`, as far as they are known
 */
export function diagnose(options?: Partial<OpenOptions>): Promise<Diagnosis>;

/** What the instances tell; for this package's own files. */
export function observe(finding: string, fact: unknown, instance?: unknown): void;

type Diagnose = typeof diagnose;

declare module "./index.js" {
  namespace Connect {
    /** `diagnose()` of `connect-widget/debug`; there once an instance has `debug` on. */
    let diagnose: Diagnose | undefined;
  }
}

declare global {
  interface WindowEventMap {
    /** Dispatched for each finding. */
    "connect-widget:finding": CustomEvent<Finding>;
  }
}
