// The script tag's build: window.ConnectWidget is the class, with everything else on it.
import { ConnectError } from "./errors.js";
import { useInlined } from "./inlined.js";
import { alter, aniapi, anny, anonLink, stackOne } from "./providers.js";
import { Connect } from "./shell.js";

// A script tag without `crossorigin` that loads from another origin has no base to import from
// (https://html.spec.whatwg.org/#creating-a-classic-script: muted errors). Its address is known for as long as it runs. An element
// of that name in the page's HTML would stand in its place: only a script's address is loaded from.
const { src, tagName } = document.currentScript || {};

const besideScript = (name) => (cause) => {
  if (!src || !/^script$/i.test(tagName)) throw cause;
  return import(new URL(name, src));
};

useInlined(
  () => import("./fallback.js").catch(besideScript("fallback.js")),
  () => import("./debug.js").catch(besideScript("debug.js")),
);

window.ConnectWidget = Object.assign(Connect, { Connect, ConnectError, providers: { alter, aniapi, anny, anonLink, stackOne } });
