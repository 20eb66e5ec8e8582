// Defines <connect-button> on import, for pages that want just that: `<script type="module" src="…/element-define.js">`.
import { registerConnectButton } from "./element.js";

registerConnectButton();
