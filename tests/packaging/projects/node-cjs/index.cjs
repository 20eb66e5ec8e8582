const { Connect, ConnectError } = require("connect-widget");
const { anny } = require("connect-widget/providers");

const connect = Connect.create();
connect.open(anny({ clientId: "", redirectUri: "" })).catch((error) => {
  if (!(error instanceof ConnectError) || error.code !== "no_window") throw error;
  console.log(connect.getVersion());
});
