// Small conveniences of many pages: buttons that close the window or copy a field.
"use strict";

for (const button of document.querySelectorAll("[data-close]")) {
  button.addEventListener("click", () => window.close());
}

for (const button of document.querySelectorAll("[data-copy]")) {
  button.addEventListener("click", async () => {
    const field = document.getElementById(button.dataset.copy);
    field.select();
    await navigator.clipboard.writeText(field.value);
    document.getElementById("copied").textContent = "Copied.";
  });
}
