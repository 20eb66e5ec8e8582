// The Hub's last page: closes when it was asked to; a full-page visit goes back to the app by itself.
"use strict";

const { close, returnUrl } = JSON.parse(document.getElementById("page-data").textContent);

if (close) window.close();
else if (returnUrl && !window.opener) setTimeout(() => location.replace(returnUrl), 800);
