"use strict";
// Light or dark as it was chosen last, before anything is painted. Some browsers keep nothing for pages on a disk.
(() => {
  try {
    const chosen = localStorage.getItem("scoreline theme");
    if (chosen === "light" || chosen === "dark") document.documentElement.dataset.theme = chosen;
  } catch { /* the system's own choice it is */ }
})();
