// The workspace: three panes and the keys that move between them. The page never reloads whole.

import { live } from "../ui/live.js";
import { shortcuts } from "../ui/keyboard.js";
import { toast } from "../ui/toast.js";
import { base, byId, h, kept, me, say, send, waited } from "./wire.js";
import { queue } from "./queue.js";
import { composer } from "./composer.js";
import { hideContext, showContext } from "./context.js";
import { draw } from "./messages.js";
import { openPalette } from "./palette.js";
import { Thread } from "./thread.js";

const talk = byId("talk"), pane = byId("talk-pane"), list = byId("messages"), scroller = byId("talk-scroll");
const below = byId("talk-below"), earlier = byId("talk-earlier"), typing = byId("talk-typing"), here = byId("talk-here");
let thread = null, opening = "", typingTimer = null;
const people = new Map();

const isAtEnd = () => scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < 80;
const toEnd = () => { scroller.scrollTop = scroller.scrollHeight; below.hidden = true; };

// --- opening ------------------------------------------------------------------------------------

async function open(id, { seq = 0, push = true } = {}) {
  if (opening === id || (thread?.id === id && !seq)) { document.body.dataset.pane = "talk"; queue.opened(id); return; }
  opening = id;
  queue.opened(id);
  document.body.dataset.pane = "talk";
  hideContext();
  if (push) remember(id);
  pane.setAttribute("aria-busy", "true");
  const answer = await send(`${base}${id}/`);
  pane.removeAttribute("aria-busy");
  if (opening !== id) return;
  opening = "";
  if (!answer.ok) { if (!thread) document.body.dataset.pane = "queue"; return; }
  thread?.close();
  thread = new Thread(id, answer.data);
  people.clear();
  typing.textContent = "";
  here.hidden = true;
  byId("talk-empty").hidden = true;
  pane.hidden = false;
  follow(thread);
  composer.use(thread);
  drawHead();
  render();
  if (seq) await find(seq); else toEnd();
  markSeen();
  showContext(id);
  if (matchMedia("(min-width: 768px)").matches) byId("composer-text").focus({ preventScroll: true });
}

function follow(one) {
  const mine = (run) => (event) => { if (one === thread) run(event); };
  one.addEventListener("changed", mine(({ detail }) => changed(detail)));
  one.addEventListener("head", mine(({ detail }) => { drawHead(); composer.allow(); if (detail.before.order_id !== thread.head.order_id) showContext(one.id); }));
  one.addEventListener("typing", mine(({ detail }) => isTyping(detail.who)));
  one.addEventListener("presence", mine(({ detail }) => present(detail)));
  one.addEventListener("outdated", mine(({ detail }) => { composer.takeBack(detail); render(); byId(`m-${one.unseenFrom}`)?.scrollIntoView({ block: "center" }); }));
  one.addEventListener("arrived", mine(({ detail }) => arrived(detail)));
}

function arrived(messages) {
  typing.textContent = "";
  if (messages.some((message) => message.direction === "event")) showContext(thread.id);
  if (!isAtEnd()) { below.querySelector("span").textContent = say("new_below"); below.hidden = false; }
  markSeen();
}

function changed({ isNew, isOwn, isEarlier } = {}) {
  const wasAtEnd = isAtEnd(), height = scroller.scrollHeight;
  render();
  if (isEarlier) scroller.scrollTop += scroller.scrollHeight - height;
  else if (isOwn || (isNew && wasAtEnd)) toEnd();
  if (isNew) markSeen();
}

function render() {
  draw(list, thread);
  earlier.hidden = !thread.hasEarlier;
}

async function find(seq) {
  for (let turns = 0; thread.firstSeq > seq && thread.hasEarlier && turns < 20; turns++) await thread.earlier();
  const found = byId(`m-${seq}`);
  found?.scrollIntoView({ block: "center" });
  found?.classList.add("m-found");
}

function markSeen() {
  if (!thread || document.hidden) return;
  const seq = thread.lastSeq;
  if (seq > thread.head.seen_seq) { thread.head.seen_seq = seq; send(`${base}${thread.id}/seen/`, { method: "POST", body: { seq }, quiet: true }); }
  queue.read(thread.id);
}

function drawHead() {
  const { head } = thread;
  byId("talk-name").textContent = head.customer;
  const state = byId("talk-state");
  state.className = `state ${head.state_tone}`;
  state.textContent = head.state_text;
  const wait = byId("talk-wait");
  wait.hidden = !head.waiting_since;
  if (head.waiting_since) { wait.dataset.wait = head.waiting_since; const { text, tone } = waited(head.waiting_since); wait.textContent = text; wait.className = `wait tone-${tone}`; } else delete wait.dataset.wait;
  byId("talk-meta").textContent = [head.channel, head.is_mine ? say("me") : head.assignee || say("unassigned"), head.number].filter(Boolean).join(" · ");
  for (const button of pane.querySelectorAll("[data-act]")) button.hidden = !head.may[button.dataset.act];
  byId("colleagues").hidden = !head.may.assign;
  byId("talk-more").hidden = !head.may.assign && !head.may.release;
}

// --- what others do -----------------------------------------------------------------------------

function isTyping(who) {
  typing.textContent = say("typing", { name: who.name || say("buyer") });
  clearTimeout(typingTimer);
  typingTimer = setTimeout(() => { typing.textContent = ""; }, 4000);
  if (isAtEnd()) toEnd();
}

function present({ who, state }) {
  if (who.kind !== "staff" || who.id === me) return;
  if (state === "left") people.delete(who.id); else people.set(who.id, who.name);
  here.hidden = !people.size;
  here.textContent = people.size ? say("here", { name: [...people.values()].join("、") }) : "";
}

// --- acting -------------------------------------------------------------------------------------

const DONE = { take: "taken", release: "released", close: "closed", reopen: "reopened" };

async function act(name, body = {}, done = "") {
  if (!thread) return;
  const one = thread;
  const answer = await send(`${base}${one.id}/${name}/`, { method: "POST", body });
  if (!answer.ok) { one.refreshHead(); return; }
  one.tell(answer.data.conversation);
  byId("talk-more").open = false;
  queue.refresh();
  const action = name === "close" ? { text: say("undo_close"), run: () => act("reopen") } : null;
  toast(done || say(DONE[name]), { action });
}

async function colleagues() {
  const holder = byId("colleague-list");
  if (!thread || holder.childElementCount) return;
  const answer = await send(`${base}${thread.id}/colleagues/`, { quiet: true });
  holder.replaceChildren(...(answer.data?.staff || []).filter((one) => one.id !== me).map((one) => h("button", { type: "button", class: "menu-item", onclick: () => act("assign", { staff_id: one.id }, say("assigned", { name: one.name })) }, one.name)));
}

// --- the address --------------------------------------------------------------------------------

function remember(id) {
  const url = new URLSearchParams(queue.query);
  if (id) url.set("c", id);
  history.pushState({ c: id }, "", `?${url}`);
}

function leave() {
  document.body.dataset.pane = "queue";
  queue.row(queue.openId)?.focus();
}

window.addEventListener("popstate", () => {
  const url = new URLSearchParams(location.search);
  const view = url.get("view") || "mine";
  if (view !== (new URLSearchParams(queue.query).get("view") || "mine")) queue.show(view);
  if (url.get("c")) open(url.get("c"), { push: false }); else document.body.dataset.pane = "queue";
});
document.addEventListener("workspace:go", ({ detail }) => {
  const url = new URL(detail, location.href);
  if (url.pathname !== location.pathname || !url.searchParams.get("c")) { location.href = detail; return; }
  open(url.searchParams.get("c"), { seq: Number(url.searchParams.get("m")) || 0 });
});

// --- wiring -------------------------------------------------------------------------------------

queue.addEventListener("open", ({ detail }) => open(detail));
queue.addEventListener("filtered", () => remember(thread?.id || ""));
queue.addEventListener("changed", ({ detail }) => { if (detail === thread?.id) thread.refreshHead(); });
pane.addEventListener("click", (event) => { const button = event.target.closest("[data-act]"); if (button) act(button.dataset.act); });
byId("talk-more").addEventListener("toggle", colleagues);
byId("talk-back").addEventListener("click", leave);
earlier.textContent = say("earlier");
earlier.addEventListener("click", () => thread.earlier());
below.addEventListener("click", toEnd);
scroller.addEventListener("scroll", () => { if (isAtEnd()) { below.hidden = true; markSeen(); } }, { passive: true });
// Pictures grow after they are drawn; who is at the end stays there.
new ResizeObserver(() => { if (thread && list.dataset.end !== "no") toEnd(); }).observe(list);
scroller.addEventListener("scroll", () => { list.dataset.end = isAtEnd() ? "yes" : "no"; }, { passive: true });
document.addEventListener("visibilitychange", markSeen);
window.addEventListener("online", () => thread?.flush());
live.addEventListener("state", ({ detail }) => { if (detail === "back") { thread?.flush(); flushOthers(); } });

/** Send what was left behind in conversations that are not open, e.g. before a reload. */
async function flushOthers() {
  for (const id of kept.ids("outbox")) {
    if (id === thread?.id || id === opening) continue;
    const rest = [];
    for (const one of kept.get("outbox", id) || []) {
      const answer = await send(`${base}${id}/messages/`, { method: "POST", quiet: true, body: { text: one.text, client_id: one.client_id, seen_seq: one.seen_seq, is_note: one.is_note, file_ids: one.files.map((file) => file.id) } });
      if (answer.ok) continue;
      if (answer.status === 409) {
        const draft = kept.get("draft", id) || {};
        kept.set("draft", id, { ...draft, [one.is_note ? "note" : "reply"]: [one.text, draft.reply].filter(Boolean).join("\n") });
      } else rest.push(one);
    }
    kept.set("outbox", id, rest);
  }
}

shortcuts([
  { keys: "j", help: say("next"), run: () => queue.move(1) },
  { keys: "k", help: say("previous"), run: () => queue.move(-1) },
  { keys: "Enter", help: say("open"), run: (event) => { if (event.target.closest?.("button, a:not(.q-row), summary")) event.target.closest("button, a, summary").click(); else queue.openPicked(); } },
  { keys: "r", help: say("reply"), run: () => composer.write("reply") },
  { keys: "n", help: say("write_note"), run: () => composer.write("note") },
  { keys: "/", help: say("quick"), run: () => { if (thread) composer.findQuickReply(); } },
  { keys: "t", help: say("take"), run: () => { if (thread?.head.may.take) act("take"); } },
  { keys: "e", help: say("end"), run: () => { if (thread?.head.may.close) act("close"); } },
  { keys: "g i", help: say("go_mine"), run: () => queue.show("mine") },
  { keys: "g u", help: say("go_unassigned"), run: () => queue.show("unassigned") },
  { keys: "g a", help: say("go_all"), run: () => queue.show("open") },
  { keys: "g r", help: say("go_requests"), run: () => { location.href = "/workspace/requests/"; } },
  { keys: "Ctrl+k", help: say("palette"), inFields: true, run: openPalette },
]);

queue.start();
composer.start();
document.body.dataset.pane = "queue";
const first = new URLSearchParams(location.search);
if (first.get("c")) open(first.get("c"), { push: false, seq: Number(first.get("m")) || 0 });
flushOthers();
