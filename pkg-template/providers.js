// Presets: what is published about each provider, as data. Whatever the caller gives wins, so that each can be pointed
// at a test server.

const preset = (known) => (options) => {
  const filled = { ...known };
  // Not a spread: an option that is there but undefined must not erase what is known. Without any, open() says which one is missing.
  for (const name of Object.keys(options ?? {})) if (options[name] !== undefined) filled[name] = options[name];
  return filled;
};

export const alter = preset({ protocol: "alter-connect", baseURL: "https://api.alterauth.com" });

export const anonLink = preset({ protocol: "anon-link" });

export const stackOne = preset({ protocol: "stackone-link" });

export const aniapi = preset({ protocol: "implicit", authorizationEndpoint: "https://api.aniapi.com/v1/oauth" });

export const anny = preset({
  protocol: "code",
  authorizationEndpoint: "https://auth.anny.co/oauth/authorize",
  tokenEndpoint: "https://auth.anny.co/oauth/token",
  tokenRequest: "json",
  scope: "",
});
