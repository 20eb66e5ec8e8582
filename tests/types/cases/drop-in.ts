// Code written for @alter-ai/connect 0.8.0, as its README has it, with another name in the import.
import AlterConnect, { AlterConnectConfig, Grant, AlterError, OpenOptions } from "connect-widget";

const config: AlterConnectConfig = { debug: true };
const alterConnect = AlterConnect.create(config);

export async function connectAccount() {
  const { session_token } = await fetch("/api/alter/session").then((r) => r.json());
  await alterConnect.open({
    token: session_token,
    onSuccess: (grants: Grant[]) => {
      for (const grant of grants) {
        console.log(grant.grant_id, grant.provider, grant.scopes, grant.metadata?.account_email);
      }
    },
    onError: (error: AlterError) => {
      console.error(error.code, error.message, error.details);
    },
    onExit: () => {},
    onEvent: (eventName, metadata) => console.log(eventName, metadata),
  });
}

interface PeerError { code: string; message: string; details?: Record<string, any> }
const onError = (error: PeerError) => error.message;
alterConnect.open({ token: "", baseURL: "https://api.alterauth.com", onSuccess: () => {}, onError });

const prepared: OpenOptions = { token: "", onSuccess: (grants) => console.log(grants.length) };
alterConnect.open(prepared);

const unsubscribe = alterConnect.on("success", (connection) => console.log("Connected:", connection));
unsubscribe();
if (alterConnect.isOpen()) alterConnect.close();
alterConnect.destroy();

// An instance kept in a field
export class Service {
  private readonly connect: AlterConnect = AlterConnect.create();
  version = () => this.connect.getVersion();
}
