// A page that asks before it is left, as one with unsaved work does.
"use strict";

addEventListener("beforeunload", (event) => {
  event.preventDefault();
  event.returnValue = "";
});
