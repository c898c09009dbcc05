// Short messages at the edge. toast("Saved"), toast("No", {tone: "late", action: {text, href | run}}).

import { say } from "./words.js";

const ICONS = { good: "circle-check", soon: "clock", late: "alert-circle", ours: "info-circle" };

/** Show a message; errors stay until closed, others go after `seconds`. Return a function that closes it. */
export function toast(text, { tone = "good", seconds = tone === "late" ? 0 : 5, action = null } = {}) {
  const region = document.getElementById("toasts");
  const template = document.getElementById("toast-template");
  if (!region || !template) return () => {};
  for (const shown of region.children) if (shown.dataset.text === text) shown.remove();
  const item = template.content.firstElementChild.cloneNode(true);
  item.dataset.text = text;
  if (tone === "late") item.setAttribute("role", "alert");
  const use = item.querySelector("use");
  use.setAttribute("href", use.getAttribute("href").replace(/#.*/, `#${ICONS[tone] || ICONS.ours}`));
  use.parentElement.classList.add(`tone-${tone}`);
  item.querySelector("div").textContent = text;
  if (action) item.querySelector("div").append(document.createElement("br"), actionOf(action, () => item.remove()));
  item.querySelector("button.icon-button").addEventListener("click", () => item.remove());
  region.append(item);
  if (seconds) leaveAfter(item, seconds);
  return () => item.remove();
}

/** Say that something was done, and offer to undo it. */
export function toastWithUndo(text, undo) {
  return toast(text, { seconds: 8, action: { text: say("undo"), run: undo } });
}

function actionOf({ text, href, run }, close) {
  const element = document.createElement(href ? "a" : "button");
  element.textContent = text;
  element.className = "btn btn-sm mt-2";
  if (href) {
    element.href = href;
    element.target = "_blank";
    element.addEventListener("click", close);
  } else {
    element.type = "button";
    element.addEventListener("click", () => { close(); run(); });
  }
  return element;
}

// A message that is being read (pointer or focus on it) does not leave.
function leaveAfter(item, seconds) {
  setTimeout(() => {
    if (item.matches(":hover, :focus-within")) leaveAfter(item, 2);
    else item.remove();
  }, seconds * 1000);
}

for (const item of document.querySelectorAll("[data-toast]")) leaveAfter(item, 6);
