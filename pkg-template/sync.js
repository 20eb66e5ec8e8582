// connect-widget/sync: the core is in this file and is instantiated at its first use, never at import.
import { ConnectError } from "./errors.js";
import { useInlined } from "./inlined.js";
import { Connect } from "./shell.js";

useInlined(
  () => import("./fallback.js"),
  () => import("./debug.js"),
);

export { Connect, ConnectError };
export default Connect;
