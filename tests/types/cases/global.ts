/// <reference types="connect-widget/connect-widget.global.js" />
// A page with the script tag.
const connect = ConnectWidget.create({ debug: true });
connect.open({ token: "", onSuccess: (grants) => grants[0]!.grant_id });
window.ConnectWidget.create().authorize(ConnectWidget.providers.anny({ clientId: "", redirectUri: "" })).then(({ access_token }) => access_token);
connect.on("error", (error) => error instanceof ConnectWidget.ConnectError && error.code.length);
const same: typeof ConnectWidget.Connect = ConnectWidget;
ConnectWidget.diagnose?.().then(({ problems }) => problems.length);
// @ts-expect-error no such preset
ConnectWidget.providers.google;
// @ts-expect-error the constructor is private
new ConnectWidget();
export { same };
