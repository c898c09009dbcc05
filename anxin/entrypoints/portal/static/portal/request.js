// The page of one request stays true: told over the live line, and asked for when that is not there.

import { live } from "../ui/live.js";

const box = document.getElementById("request-now");
const ASK_EVERY_MS = 15000;

/** Whether the buyer is in the middle of filling something in, which must not be swept away. */
function isBusy() {
  const field = document.activeElement;
  const typed = [...box.querySelectorAll("textarea, input:not([type=hidden], [type=radio], [type=checkbox])")].some((each) => each.value !== each.defaultValue);
  return typed || box.querySelector("input:checked, dialog[open]") || (box.contains(field) && field.matches("input, textarea, select"));
}

let isAsking = false;
async function refresh() {
  if (isAsking || document.hidden || isBusy()) return;
  isAsking = true;
  try {
    const tag = box.querySelector("[data-tag]")?.dataset.tag || "";
    const response = await fetch(`${box.dataset.url}?tag=${tag}`, { headers: { "X-Requested-With": "fetch" }, credentials: "same-origin" });
    if (response.status !== 200 || isBusy()) return;
    const html = await response.text();
    window.htmx.swap(box, html, { swapStyle: "innerHTML" });
  } catch {
    // Without a line the next round asks again; the banner tells of it.
  } finally {
    isAsking = false;
  }
}

if (box.dataset.token) {
  live.signIn(box.dataset.token);
  // What happened between drawing the page and hearing of changes is asked for once.
  live.addEventListener("state", ({ detail }) => { if (detail === "open") setTimeout(refresh, 500); });
  live.subscribe(`request:${box.dataset.request}`, { onmessage: (event) => { if (event.type === "changed" || event.type === "resync") refresh(); }, onback: refresh });
}
setInterval(refresh, ASK_EVERY_MS);
document.addEventListener("visibilitychange", refresh);
