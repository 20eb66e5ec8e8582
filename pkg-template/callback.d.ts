/**
 * For the page at the redirect URI: importing it hands the answer in this page's address to the page that opened it, and
 * closes the window.
 */
export {};
