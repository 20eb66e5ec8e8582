// What users suffer from today: the defects of the widget that this one replaces, and what users of all such libraries report.
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

export const rows = { ...defects, ...complaints };
