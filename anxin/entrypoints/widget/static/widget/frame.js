// Inside the frame: the buyer's conversation, and what is said to the shop's page around it.

import { startChat } from "../portal/chat.js";

const box = document.getElementById("chat");
const options = JSON.parse(document.getElementById("chat-options").textContent);
const { owner } = options;
const isFramed = window.parent !== window;
let chat = null, isOpen = !isFramed, unread = 0, isStarted = false;

const tell = (message) => { if (isFramed) window.parent.postMessage(message, owner); };

/** Ask for the token of the buyer whom the shop names; without one he writes as a visitor. */
async function named(identity) {
  if (!identity) return null;
  const response = await fetch(options.urls.visit, { method: "POST", headers: { "Content-Type": "application/json", "X-Requested-With": "fetch" }, body: JSON.stringify({ identity }) }).catch(() => null);
  if (response?.ok) return response.json();
  console.warn("anxin: data-token was refused; see docs/widget.md", response ? await response.json().catch(() => null) : "no connection");
  return null;
}

async function start(identity) {
  chat?.stop();
  const known = await named(identity);
  chat = startChat(box, {
    ...options,
    ...(known ? { token: known.token, who: known.who, identity } : {}),
    isOpen: () => isOpen,
    onmessage() {
      tell({ type: "anxin:known" });
      if (isOpen && !document.hidden) return;
      unread += 1;
      tell({ type: "anxin:unread", count: unread });
    },
  });
}

window.addEventListener("message", (event) => {
  if (event.source !== window.parent || event.origin !== owner) return;
  const { type, identity, focus } = event.data || {};
  if (type === "anxin:start" && !isStarted) {
    isStarted = true;
    isOpen = event.data.isOpen;
    start(identity).then(() => { if (isOpen && event.data.focus !== false) chat.focus(); });
  } else if (type === "anxin:identity") start(identity);
  else if (type === "anxin:open") { isOpen = true; unread = 0; chat?.look(); if (focus) chat?.focus(); }
  else if (type === "anxin:closed") isOpen = false;
});
document.addEventListener("keydown", (event) => { if (event.key === "Escape" && !event.isComposing && event.keyCode !== 229) tell({ type: "anxin:close" }); });
document.getElementById("frame-close")?.addEventListener("click", () => tell({ type: "anxin:close" }));
box.addEventListener("submit", () => tell({ type: "anxin:known" }));
if (isFramed) tell({ type: "anxin:ready" }); else start("");
