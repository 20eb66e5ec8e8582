// Every page of these tests has `debug` on. A right integration is told nothing by it.
import { names, protocols } from "./protocols.mjs";

const FINDING = "connect-widget:finding";
/** Milliseconds; whatever is found is found by then. */
const BY_THEN = 1200;

const quiet = (protocol, mode) => {
  const told = mode === "popup" ? "success" : "redirected";
  return {
    name: `${protocol} by ${mode}: debug finds nothing wrong`,
    protocol,
    mode,
    cell: mode === "popup",
    sandbox: { auto: "alice" },
    async page(env) {
      window.addEventListener(FINDING, ({ detail: { code, happened } }) => env.say("finding", `${code}: ${happened}`));
      const { plain } = await import("/plain.mjs");
      await plain(env);
    },
    async person(user) {
      await user.click();
      await user.heard(told);
      await user.wait(BY_THEN);
      user.equal(await user.all("finding"), []);
    },
    // The page listens too.
    listensToo: [FINDING],
    outcome: { [told]: protocols[protocol].isResult },
  };
};

export const scenarios = names.flatMap((protocol) => [quiet(protocol, "popup"), quiet(protocol, "redirect")]);
