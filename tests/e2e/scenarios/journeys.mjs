// Every protocol by popup and by redirect, with real clicks through the provider's pages.
import { names, protocols } from "./protocols.mjs";

const journey = (protocol, mode) => ({
  name: `${protocol} by ${mode}: from the click to the result, with a real person's clicks`,
  protocol,
  mode,
  cell: true,
  async person(user) {
    await user.click();
    await protocols[protocol].person(mode === "popup" ? await user.newWindow() : user.page, user);
  },
  outcome: { [mode === "popup" ? "success" : "redirected"]: protocols[protocol].isResult },
});

export const scenarios = names.flatMap((protocol) => [journey(protocol, "popup"), journey(protocol, "redirect")]);
