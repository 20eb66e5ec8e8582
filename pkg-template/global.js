// The script tag's build: window.ConnectWidget is the class, with everything else on it.
import Connect, { ConnectError } from "./sync.js";
import * as providers from "./providers.js";

window.ConnectWidget = Object.assign(Connect, { Connect, ConnectError, providers });
