/**
 * For the page at the redirect URI: importing it takes the answer out of the address bar and hands it to the page that opened
 * this window, which closes it; after a full-page redirect it goes back to the page that was left, and so it does after five
 * seconds in a tab that the provider's window has sent here instead of coming itself. Where nobody takes the answer, it says so:
 * put your own words into `<p data-connect-widget="done" hidden>` and `"lost"`. On a server it does nothing.
 */
export {};
