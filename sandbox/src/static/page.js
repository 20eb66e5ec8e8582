// Small conveniences of every page: buttons that close the window, copy a field, or reveal its part of the page.
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
