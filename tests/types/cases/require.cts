// The CommonJS side, as a TypeScript file of a CommonJS package sees it.
import widget = require("connect-widget");
import sync = require("connect-widget/sync");
import callback = require("connect-widget/callback");
import providers = require("connect-widget/providers");
import element = require("connect-widget/element");
import debug = require("connect-widget/debug");

const connect: widget.Connect = widget.default.create();
const sameClass: typeof widget.Connect = widget.default;
connect.open({ token: "", onSuccess: (grants) => grants[0]!.grant_id });
connect.authorize(providers.anny({ clientId: "", redirectUri: "" })).then(({ access_token }) => access_token);
sync.Connect.create().open({ token: "" });
element.registerConnectButton()?.prototype;
debug.diagnose().then(({ problems }) => problems.length);
const nothing: {} = callback;
// @ts-expect-error the module is not the class
widget.create();
export = [sameClass, nothing];
