// The right pane: the server's page about the person, and what can be done from it.

import { toast } from "../ui/toast.js";
import { freshen } from "../ui/time.js";
import { base, byId, say, send } from "./wire.js";
import { composer } from "./composer.js";

const pane = byId("context"), body = byId("context-body");
let shown = "", asked = null;

/** Show the person behind a conversation; known things stay until the new ones are there. */
export async function showContext(id) {
  if (shown !== id) { body.replaceChildren(); body.setAttribute("aria-busy", "true"); }
  shown = id;
  asked?.abort();
  asked = new AbortController();
  const answer = await send(`${base}${id}/context/`, { quiet: true, signal: asked.signal });
  if (!answer.ok || shown !== id) return;
  const open = [...body.querySelectorAll("details")].map((each) => each.open);
  const top = body.scrollTop;
  body.innerHTML = answer.data; // rendered and escaped by the server
  body.removeAttribute("aria-busy");
  [...body.querySelectorAll("details")].forEach((each, index) => { if (open[index]) each.open = true; });
  body.scrollTop = top;
  window.htmx?.process(body);
  freshen(body);
}

export const hideContext = () => { pane.classList.remove("open"); };

async function link(order) {
  const answer = await send(`${base}${shown}/order/`, { method: "POST", body: order });
  if (!answer.ok) return;
  toast(say(order.order_id === "" && !order.number ? "unlinked" : "linked"));
  showContext(shown);
}

async function reveal(button) {
  const answer = await send(button.dataset.reveal, { method: "POST" });
  if (!answer.ok) return;
  button.parentElement.querySelector("[data-address]").textContent = answer.data.text;
  button.remove();
}

body.addEventListener("click", (event) => {
  const target = event.target.closest("[data-link], [data-reveal], [data-send-link]");
  if (!target) return;
  if (target.dataset.reveal) reveal(target);
  else if (target.dataset.link !== undefined) link({ order_id: target.dataset.link });
  else {
    composer.insert(say("link_text", { url: target.dataset.sendLink }));
    toast(say("link_sent"), { tone: "ours" });
    hideContext();
  }
});
body.addEventListener("submit", (event) => {
  if (!event.target.matches("[data-link-form]")) return;
  event.preventDefault();
  link({ number: event.target.elements.number.value });
});
byId("context-open").addEventListener("click", () => pane.classList.toggle("open"));
byId("context-close").addEventListener("click", hideContext);
const dialog = byId("open-request");
dialog.addEventListener("close", () => byId("open-request-body").replaceChildren());
document.addEventListener("request-opened", () => { if (shown) showContext(shown); });
