// An ordinary page of the app that a sign-in passes: moves on by itself after a moment.
"use strict";

const { next, ms } = JSON.parse(document.getElementById("page-data").textContent);

setTimeout(() => location.replace(next), ms);
