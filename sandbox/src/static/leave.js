// A last page before the app: waits, stays or closes itself instead, as it was asked to.
"use strict";

const data = JSON.parse(document.getElementById("page-data").textContent);

if (data.close) window.close();
else if (!data.never) setTimeout(() => location.replace(data.next), data.delayMs);
