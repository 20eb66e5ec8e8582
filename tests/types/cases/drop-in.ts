// Code written for @alter-ai/connect 0.8.0, as its README has it and as its types allow, with another name in the import.
// It is compiled against that package too.
import AlterConnect, { AlterConnectConfig, Grant, AlterError, OpenOptions, Provider } from "connect-widget";

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

// An error that the app makes itself, for its own functions
const ownError: AlterError = { code: "offline", message: "No network.", details: { tries: 3 } };
const show = ({ code, message, details }: AlterError) => `${code} ${message} ${details?.tries.toFixed()}`;
alterConnect.open({ token: "", onSuccess: () => {}, onError: show });
alterConnect.on("error", show);
show(ownError);

// Events by name, in a loop
const names: string[] = ["success", "error", "exit", "close"];
const offs = names.map((name) => alterConnect.on(name, (...args: any[]) => console.log(name, args)));
names.forEach((name, index) => alterConnect.off(name, offs[index]!));
const track = (name: string, handler: (...args: any[]) => void) => alterConnect.on(name, handler);

// Types by themselves
const provider: Provider = { id: "google", name: "Google", description: "", category: "", logo_url: "" };
const part: Partial<Grant> = { operation: "reauth" };
export { part, provider, track };
