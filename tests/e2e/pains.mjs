// What users suffer from today: the defects of the widget that this one replaces, what users of all such libraries report, and
// the faults that its own first version had.
// Each row's words are what the tests that answer it are named after; pains.md says which these are.

/** Defects of `@alter-ai/connect` 0.8.0. */
export const defects = {
  d1: "No `onExit` passed and the user closes the popup: every later `open()` silently does nothing",
  d2: "The phone-redirect result is emitted inside the constructor, before anyone can subscribe",
  d3: "`create()` throws on a server; the default import has no `.create` under Node's ESM",
  d4: "Only the origin is checked: no `event.source`, no state; any window of the API's origin can forge grants",
  d5: "A message that arrives after `popup.closed` reads true is lost as an \"exit\"",
  d6: "A portrait iPad that identifies as a Macintosh gets a popup",
  d7: "`popup_blocked` is still followed by `connect_opened`",
  d8: "A throwing `onSuccess` leaves the instance open for ever",
  d9: "A second `open()` neither focuses the popup nor fails; no timeout, no cancel, no promise of the result",
  d10: "Its documented cure for popup blockers (open inside `fetch().then`) still opens outside the click",
  d11: "`getVersion()` answers another version; redirect state expires before the token",
};

/** What users of such libraries report. */
export const complaints = {
  coop: "COOP on the provider's pages makes `popup.closed` true and `opener` null while the popup lives",
  hang: "… and without close detection the promise hangs",
  slow: "slow or false \"closed by user\"",
  blocked: "popup blocked after `await`, on first click, by async PKCE, by a lazily loaded library",
  blank: "blank popup that never navigates in installed PWAs",
  inapp: "in-app browsers",
  double: "double callbacks, StrictMode",
  stuck: "stuck \"in progress\"",
  server: "`window is not defined`",
  csp: "CSP",
  lost: "query or hash lost on redirect",
  router: "hash routers fight over the fragment",
  back: "back button and bfcache leave the UI stuck",
  tabs: "tabs overwrite each other's state",
  behind: "popup lost behind the window, duplicates",
  extensions: "extensions' messages crash or settle the listener",
  ipad: "iPad says it is a Macintosh",
  leaked: "leaked listeners complete later flows",
  late: "timeouts that report failure after the account was created",
  focus: "focus is nowhere after the popup closes",
};

/** Faults of this package's own first version, found with public bug reports. */
export const faults = {
  f1: "the authorization server stands on the app's own host, and its pages' parameters look like an answer",
  f2: "a page of the app that says `type=success` ends an Anon flow",
  f3: "an ordinary page of the app is taken for an answer",
  f4: "a redirect was abandoned by Back, and the next popup's result is lost",
  f5: "a link from elsewhere with a made-up answer is believed, or a severed window's is not",
  f6: "two tabs, one a copy of the other: two exchanges, two outcomes",
  f7: "a site that uses the package itself is opened in a popup of the package",
  f8: "an expired record writes an old URL back; a redirect that came too late says nothing",
  f9: "a timeout while the code is exchanged loses the token",
  f10: "reloaded between the return and the question, or while the popup finishes",
  f11: "the address cannot be rewritten",
  f12: "the sign-in ends in a further window that the provider opened",
  f13: "a redirect that does not leave the page wedges the next click",
  f14: "an option of the wrong kind, or what throws in a release, wedges the widget",
  f15: "text that is no text stops the core",
  f16: "an array that claims a length of billions hangs the page",
  f17: "many refreshes or flows at once: some never end",
  f18: "two calls of `handleRedirect()` at once; one without the needed `exchange` uses the code up",
  f19: "copies of the package on one page keep each other's results",
  f20: "a core that cannot be loaded, an abort from a callback: somebody is not told",
  f21: "`params: {response_mode: \"fragment\"}` with `code` never works",
  f22: "a token endpoint's own words, status or body are lost",
  f23: "an `expires_in` that is no number is \"expired now\"",
  f24: "a server's own code that is one of ours is taken for ours",
  f25: "a `redirectUri` on a page's own origin that is not http",
  f26: "`params` as `URLSearchParams` or `Map` are dropped without a word",
  f27: "Anon's own `state` is not compared as it is",
  f28: "importing the callback page on a server throws",
  f29: "a CommonJS file that needs `import()` fails under Jest",
  f30: "an open window keeps Angular busy",
  f31: "a cross-site frame with partitioned storage",
  f32: "a touch laptop is taken for a tablet; the app's own window is not used on a phone",
  f33: "a late result from another window than the flow's",
  f34: "tokens are written to storage, or sent where every page hears them, without need",
  f35: "an answer without its binding is taken",
  f36: "a trigger that its own click unmounts ends the flow",
  f37: "a response that reaches nobody says \"Done\"",
  f38: "what another script has changed of the language breaks a flow",
};

export const rows = { ...defects, ...complaints, ...faults };

/** Rows that tests without a window, or of other parts, answer: each one's file, and its name there. */
export const elsewhere = {
  d3: [["tests/e2e/server.test.mjs", "where there is no window: on a server"]],
  server: [["tests/e2e/server.test.mjs", "where there is no window: on a server"]],
  f23: [["tests/vectors/code/tokens.json", "expires_in that is a list is no expiry"]],
  f24: [["tests/wrappers/controller.test.mjs", "a server's own code that is one of ours is a failure, for callbacks and for authorize()"]],
  f25: [["tests/vectors/code/requests.json", "redirectUri of a browser extension on its own page"], ["tests/vectors/code/responses.json", "a page of a browser extension"]],
  f28: [["tests/packaging/packaging.test.mjs", "on a server, import and require are inert"]],
  f29: [["tests/packaging/packaging.test.mjs", "no .cjs file has an import() in it, which takes a flag under Jest"], ["tests/packaging/consumers.mjs", "jest"]],
  f30: [["tests/wrappers/wrappers.test.mjs", "a page without a flow, and a window that is open for 5 s, cause no change detection, and the app is stable"]],
  f36: [["tests/wrappers/wrappers.test.mjs", "unmounted in mid-flow, the window stays; mounted again, it works"], ["tests/wrappers/controller.test.mjs", "a click that had unmounted it before it opened is a flow all the same"]],
};
