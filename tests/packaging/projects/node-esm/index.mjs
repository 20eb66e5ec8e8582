import AlterConnect, { Connect, ConnectError } from "connect-widget";
import { anny } from "connect-widget/providers";

const connect = AlterConnect.create();
if (!(connect instanceof Connect) || (await connect.handleRedirect()) !== null) process.exit(1);
await connect.open(anny({ clientId: "", redirectUri: "" })).catch((error) => {
  if (!(error instanceof ConnectError) || error.code !== "no_window") throw error;
});
console.log(connect.getVersion());
