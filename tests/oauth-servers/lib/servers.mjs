// The servers that run.mjs has started, and what their users do on their pages.

const servers = JSON.parse(process.env.OAUTH_SERVERS ?? "null");
if (!servers) throw new Error("run: node tests/oauth-servers/run.mjs");

/** The app's origin. */
export const app = servers.app;

/** The three kinds of page that a redirect URI can name. */
export const returns = {
  "a page with connect-widget/callback": `${app}/pkg/callback.html`,
  "the app itself": `${app}/spa.html`,
  "a page with none of our code": `${app}/bare.html`,
};
export const [callbackPage, spaPage, barePage] = Object.values(returns);

/** oidc-provider at `origin`, which is its own or a proxy's. */
export const oidc = (origin = servers.oidc) => ({
  issuer: servers.oidc,
  upstream: servers.oidc,
  userinfo: `${origin}/me`,
  revocation: `${origin}/token/revocation`,
  code: {
    protocol: "code",
    authorizationEndpoint: `${origin}/auth`,
    tokenEndpoint: `${origin}/token`,
    clientId: "code-client",
    redirectUri: callbackPage,
    issuer: servers.oidc,
    scope: "openid email",
  },
  implicit: {
    protocol: "implicit",
    responseType: "id_token token",
    authorizationEndpoint: `${origin}/auth`,
    clientId: "implicit-client",
    redirectUri: callbackPage,
    scope: "openid email",
  },
  async signIn(window, user = "alice") {
    await window.getByPlaceholder("Enter any login").fill(user);
    await window.getByPlaceholder("and password").fill("sandbox");
    await window.getByRole("button", { name: "Sign-in" }).click();
  },
  allow: (window) => window.getByRole("button", { name: "Continue" }).click(),
  deny: (window) => window.getByRole("link", { name: "Cancel" }).click(),
});

/** django-oauth-toolkit at `origin`, which is its own or a proxy's. */
export const django = (origin = servers.django) => ({
  issuer: `${servers.django}/o`,
  upstream: servers.django,
  userinfo: `${origin}/api/me/`,
  revocation: `${origin}/o/revoke_token/`,
  code: {
    protocol: "code",
    authorizationEndpoint: `${origin}/o/authorize/`,
    tokenEndpoint: `${origin}/o/token/`,
    clientId: "code-client",
    redirectUri: callbackPage,
    scope: "read",
  },
  implicit: {
    protocol: "implicit",
    authorizationEndpoint: `${origin}/o/authorize/`,
    clientId: "implicit-client",
    redirectUri: callbackPage,
    scope: "read write",
  },
  async signIn(window, user = "alice") {
    await window.getByLabel("Username").fill(user);
    await window.getByLabel("Password").fill("sandbox");
    await window.getByRole("button", { name: "Sign in" }).click();
  },
  allow: (window) => window.getByRole("button", { name: "Authorize" }).click(),
  deny: (window) => window.getByRole("button", { name: "Cancel" }).click(),
});

/** Signs in and allows. */
export async function consent(server, window) {
  await server.signIn(window);
  await server.allow(window);
}
