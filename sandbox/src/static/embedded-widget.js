// This page's site uses connect-widget itself, and says on its body what that came to: "created", then "nothing",
// "result" or the code of an error. Whoever opened the page has a flow of its own, which is none of this page's business.
import Connect from "/pkg/index.js";

const connect = Connect.create();
window.embeddedConnect = connect;
document.body.dataset.widget = "created";

connect.handleRedirect().then(
  (result) => { document.body.dataset.widget = result === null ? "nothing" : "result"; },
  (error) => { document.body.dataset.widget = error.code ?? String(error); },
);
