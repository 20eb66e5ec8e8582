// oidc-provider, a certified OpenID Provider, on a free port of loopback, with its own sign-in and consent pages.
//
//   node oidc-provider.mjs APP_ORIGIN REDIRECT_URI...      prints one line of JSON when it answers
//
// What differs from its defaults is what a front end without a server needs: public clients, refresh tokens that rotate at
// every use, and the one implicit response type that it still knows.
import { createServer } from "node:http";
import Provider from "oidc-provider";

const [appOrigin, ...redirectUris] = process.argv.slice(2);

// The issuer is part of the configuration, so the port must be known first.
const server = createServer();
await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
const issuer = `http://127.0.0.1:${server.address().port}`;

const codeClient = {
  client_id: "code-client",
  application_type: "web",
  token_endpoint_auth_method: "none",
  grant_types: ["authorization_code", "refresh_token"],
  response_types: ["code"],
  redirect_uris: redirectUris,
};

const provider = new Provider(issuer, {
  clients: [
    codeClient,
    // Its own backend keeps the secret.
    { ...codeClient, client_id: "backend-client", client_secret: "backend-secret", token_endpoint_auth_method: "client_secret_basic" },
    // Its token endpoint answers no other origin.
    { ...codeClient, client_id: "no-cors-client" },
    // Only native clients may use the implicit grant over plain http, and only on loopback.
    { ...codeClient, client_id: "implicit-client", application_type: "native", grant_types: ["implicit"], response_types: ["id_token token"] },
  ],
  responseTypes: ["code", "id_token token"],
  clientBasedCORS: (_ctx, origin, client) => origin === appOrigin && client.clientId !== "no-cors-client",
  findAccount: (_ctx, sub) => ({ accountId: sub, claims: () => ({ sub, email: `${sub}@example.com` }) }),
  claims: { openid: ["sub"], email: ["email"] },
  scopes: ["openid", "offline_access", "email"],
  issueRefreshToken: (_ctx, client) => client.grantTypeAllowed("refresh_token"),
  rotateRefreshToken: true,
  cookies: { keys: ["only-for-tests-on-loopback"] },
  features: { devInteractions: { enabled: true }, revocation: { enabled: true } },
  ttl: { Session: 600, Interaction: 600, Grant: 600, AccessToken: 300, IdToken: 300, RefreshToken: 600, AuthorizationCode: 60 },
});
server.on("request", provider.callback());
process.on("SIGTERM", () => process.exit(0));
console.log(JSON.stringify({ ready: true, origin: issuer }));
