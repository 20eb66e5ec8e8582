// The Hub's search: narrows the list while one types. Without this script the form does it by reloading.
"use strict";

const search = document.getElementById("q");
const items = [...document.querySelectorAll("li[data-name]")];

search.addEventListener("input", () => {
  const needle = search.value.trim().toLowerCase();
  let shown = 0;
  for (const item of items) {
    item.hidden = !item.dataset.name.toLowerCase().includes(needle);
    if (!item.hidden) shown += 1;
  }
  document.getElementById("count").textContent = `Connectors: ${shown}`;
  document.getElementById("none").hidden = shown > 0;
});
