// What the script tag defines. For a page's own TypeScript: /// <reference types="connect-widget/connect-widget.global.js" />
import type { Connect, ConnectError } from "./index.js";
import type {} from "./debug.js";
import type * as providers from "./providers.js";

type ConnectClass = typeof Connect;
type ConnectErrorClass = typeof ConnectError;
type Providers = typeof providers;

declare global {
  /** The class `Connect`, with everything else on it. */
  var ConnectWidget: ConnectClass & { Connect: ConnectClass; ConnectError: ConnectErrorClass; providers: Providers };
}
