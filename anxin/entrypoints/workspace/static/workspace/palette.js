// Ctrl+K: orders, customers, messages, requests.

import { openDialog } from "../ui/dialog.js";
import { language } from "../ui/words.js";
import { toast } from "../ui/toast.js";
import { byId, h, icon, say, send } from "./wire.js";

const dialog = byId("palette"), field = byId("palette-text"), list = byId("palette-hits");
const ICONS = { order: "shopping-bag", customer: "user", message: "message", request: "truck-return" };
const date = new Intl.DateTimeFormat(language, { year: "numeric", month: "2-digit", day: "2-digit" });
let hits = [], at = 0, timer = null, asked = null;

export function openPalette() {
  openDialog(dialog);
  field.select();
  field.focus();
}

function draw(isAsked) {
  if (!hits.length) { list.replaceChildren(...(isAsked ? [h("p", { class: "palette-none" }, say("no_hits"))] : [])); return; }
  let kind = "";
  const items = [];
  hits.forEach((hit, index) => {
    if (hit.kind !== kind) { kind = hit.kind; items.push(h("div", { class: "palette-kind", role: "presentation" }, say(`hit_${kind}`))); }
    items.push(h("a", { class: "palette-hit", role: "option", id: `hit-${index}`, href: hit.url || "#", "data-at": index, "aria-selected": String(index === at) }, icon(ICONS[kind]), h("b", { class: "clip" }, hit.title), h("span", { class: "clip" }, ...hit.parts.map(([text, isHit]) => (isHit ? h("mark", {}, text) : text))), hit.at ? h("time", { datetime: hit.at }, date.format(new Date(hit.at))) : null));
  });
  list.replaceChildren(...items);
  field.setAttribute("aria-activedescendant", `hit-${at}`);
  list.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest" });
}

async function look() {
  asked?.abort();
  const text = field.value.trim();
  if (!text) { hits = []; draw(false); return; }
  asked = new AbortController();
  const answer = await send(`${dialog.dataset.url}?q=${encodeURIComponent(text)}`, { quiet: true, signal: asked.signal });
  if (!answer.ok) return;
  hits = answer.data.hits;
  at = 0;
  draw(true);
}

function go(hit, event) {
  event.preventDefault();
  if (!hit) return;
  if (!hit.url) { toast(say("no_talk"), { tone: "ours" }); return; }
  dialog.close();
  document.dispatchEvent(new CustomEvent("workspace:go", { detail: hit.url }));
}

field.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(look, 140); });
field.addEventListener("keydown", (event) => {
  if (event.isComposing || event.keyCode === 229) return;
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    at = Math.max(0, Math.min(hits.length - 1, at + (event.key === "ArrowDown" ? 1 : -1)));
    draw(true);
  } else if (event.key === "Enter") go(hits[at], event);
});
list.addEventListener("click", (event) => {
  const hit = event.target.closest("[data-at]");
  if (hit && !event.ctrlKey && !event.metaKey) go(hits[Number(hit.dataset.at)], event);
});
byId("palette-open").addEventListener("click", openPalette);
