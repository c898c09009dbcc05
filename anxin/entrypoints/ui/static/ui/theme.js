// Switch the theme at once and remember it; without script the same form posts and reloads.

import { ask } from "./requests.js";

document.addEventListener("submit", (event) => {
  const form = event.target.closest("[data-preferences]");
  if (!form || event.submitter?.name !== "theme") return;
  event.preventDefault();
  const chosen = event.submitter.value;
  const root = document.documentElement;
  root.dataset.theme = chosen;
  const isDark = chosen === "dark" || (chosen === "auto" && matchMedia("(prefers-color-scheme: dark)").matches);
  root.dataset.bsTheme = isDark ? "dark" : "light";
  for (const button of form.querySelectorAll("[name=theme]")) button.setAttribute("aria-pressed", String(button === event.submitter));
  document.dispatchEvent(new CustomEvent("theme:changed"));
  const body = new FormData();
  body.set("theme", chosen);
  ask(form.action, { method: "POST", body });
}, true);
