// Shortcuts: never while an input method composes, never while typing, never with Ctrl/Alt/Meta
// unless asked for.
//
//   (import { shortcuts })
//   shortcuts([{ keys: "j", help: "下一个会话", run() {…} }, { keys: "g w", … }, { keys: "Ctrl+k", inFields: true, … }]);

import { openDialog } from "./dialog.js";

const known = new Map();
let prefix = "";
let prefixTimer = null;

/** Register shortcuts; `help` (already translated) shows in the `?` overlay. Return a function that removes them. */
export function shortcuts(list) {
  for (const shortcut of list) known.set(shortcut.keys, shortcut);
  return () => { for (const { keys } of list) known.delete(keys); };
}

/** Return whether the event belongs to someone who is typing or composing. */
export function isTyping(event) {
  if (event.isComposing || event.keyCode === 229) return true;
  const target = event.target;
  return target instanceof Element && Boolean(target.closest("input:not([type=checkbox], [type=radio], [type=button], [type=submit]), textarea, select, [contenteditable=true]"));
}

function nameOf(event) {
  const key = event.key === " " ? "Space" : event.key;
  return (event.ctrlKey || event.metaKey ? "Ctrl+" : "") + (event.altKey ? "Alt+" : "") + (key.length === 1 && (event.ctrlKey || event.metaKey) ? key.toLowerCase() : key);
}

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.isComposing || event.keyCode === 229) return;
  const pressed = nameOf(event);
  const sequence = prefix ? `${prefix} ${pressed}` : pressed;
  prefix = "";
  const shortcut = known.get(sequence);
  if (isTyping(event) && !shortcut?.inFields) return;
  if (document.querySelector("dialog[open]") && !shortcut?.inDialogs) return;
  if (shortcut) {
    event.preventDefault();
    shortcut.run(event);
  } else if ([...known.keys()].some((keys) => keys.startsWith(`${sequence} `))) {
    prefix = sequence;
    clearTimeout(prefixTimer);
    prefixTimer = setTimeout(() => { prefix = ""; }, 1200);
  }
});

function showHelp() {
  const dialog = document.getElementById("help");
  if (!dialog) return;
  const list = dialog.querySelector("[data-keys]");
  for (const drawn of list.querySelectorAll("[data-drawn]")) drawn.remove();
  for (const { keys, help } of known.values()) if (help) list.append(...rowOf(keys, help));
  openDialog(dialog);
}

function rowOf(keys, help) {
  const term = document.createElement("dt");
  const text = document.createElement("dd");
  term.dataset.drawn = text.dataset.drawn = "";
  for (const key of keys.split(/[ +]/)) {
    const cap = document.createElement("kbd");
    cap.textContent = key;
    term.append(cap, " ");
  }
  text.textContent = help;
  return [term, text];
}

shortcuts([
  { keys: "?", run: showHelp },
  ...[...document.querySelectorAll("[data-go]")].map((link) => ({
    keys: `g ${link.dataset.go}`, help: link.textContent.trim(), run: () => { location.href = link.href; },
  })),
]);
document.addEventListener("click", (event) => { if (event.target.closest("[data-help-open]")) showHelp(); });
