// The queue: rows of the server, kept in place while one looks at them.

import { live } from "../ui/live.js";
import { ring } from "./sound.js";
import { byId, say, send, waited } from "./wire.js";

const pane = byId("queue"), list = byId("queue-list"), news = byId("queue-news"), scroller = byId("queue-scroll");
const REFRESH_MS = 400;

class Queue extends EventTarget {
  query = pane.dataset.query;
  openId = "";
  picked = "";
  #timer = null;
  #lastAsked = 0;
  #held = null;
  #changed = new Set();
  #unread = 0;

  start() {
    list.addEventListener("click", (event) => this.#clicked(event));
    news.addEventListener("click", () => { this.#release(); scroller.scrollTo({ top: 0 }); });
    pane.addEventListener("mouseleave", () => { if (this.#held && scroller.scrollTop < 40) this.#release(); });
    pane.querySelector(".q-tabs").addEventListener("click", (event) => {
      const tab = event.target.closest("a[data-view]");
      if (!tab || event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      this.show(new URLSearchParams(tab.search).get("view"));
    });
    for (const name of ["store", "channel"]) byId(`filter-${name}`)?.addEventListener("change", (event) => this.#filter(name, event.target.value));
    live.subscribe("inbox", {
      onmessage: (event) => this.#heard(event),
      onback: () => this.refresh(),
    });
    setInterval(() => this.#freshen(), 15000);
    this.#freshen();
    this.#countUnread();
  }

  get rows() { return [...list.querySelectorAll(".q-row")]; }

  row(id) { return byId(`q-${id}`); }

  show(view) { this.#filter("view", view); for (const tab of pane.querySelectorAll("[data-view]")) tab.toggleAttribute("aria-current", tab.dataset.view === view); }

  #filter(name, value) {
    const query = new URLSearchParams(this.query);
    if (value) query.set(name, value); else query.delete(name);
    this.query = query.toString();
    this.#held = null;
    news.hidden = true;
    for (const tab of pane.querySelectorAll("[data-view]")) {
      const own = new URLSearchParams(this.query);
      own.set("view", tab.dataset.view);
      tab.href = `?${own}`;
      if (tab.dataset.view === query.get("view")) tab.setAttribute("aria-current", "true"); else tab.removeAttribute("aria-current");
    }
    this.dispatchEvent(new Event("filtered"));
    this.#load(true);
  }

  refresh() {
    clearTimeout(this.#timer);
    const wait = Math.max(0, REFRESH_MS - (Date.now() - this.#lastAsked));
    this.#timer = setTimeout(() => this.#load(false), wait);
  }

  #heard(event) {
    if (event.type === "changed") for (const one of event.conversations || []) {
      this.#changed.add(one.id);
      this.dispatchEvent(new CustomEvent("changed", { detail: one.id }));
    }
    if (event.type === "changed" || event.type === "resync") this.refresh();
  }

  async #load(isNew) {
    this.#lastAsked = Date.now();
    const asked = this.query;
    if (isNew) list.setAttribute("aria-busy", "true");
    const answer = await send(`${pane.dataset.url}?${asked}`, { quiet: !isNew });
    list.removeAttribute("aria-busy");
    if (!answer.ok || asked !== this.query) return;
    const holder = document.createElement("ul");
    holder.innerHTML = answer.data; // rendered and escaped by the server
    this.#counts(holder.querySelector("#queue-counts"));
    if (isNew) {
      list.replaceChildren(...holder.children);
      scroller.scrollTop = 0;
      this.#mark();
      return;
    }
    this.#merge(holder);
  }

  /** Bring known rows up to date where they stand; move and add only what nobody is looking at. */
  #merge(holder) {
    const fresh = [...holder.querySelectorAll(".q-row")];
    if (fresh.filter((row) => row.classList.contains("unread")).length > this.#unread) ring();
    const isWatched = scroller.scrollTop > 40 || pane.matches(":hover") || list.contains(document.activeElement);
    let moved = 0;
    for (const row of fresh) {
      const known = byId(row.id);
      if (known && known.innerHTML !== row.innerHTML) { known.innerHTML = row.innerHTML; known.className = row.className; }
    }
    const before = this.rows.slice(0, fresh.length).map((row) => row.id).join();
    const after = fresh.map((row) => row.id).join();
    if (before !== after) {
      // That the conversation one is in moves is no news.
      this.#changed.delete(this.openId);
      moved = new Set([...this.#changed, ...fresh.filter((row) => !byId(row.id)).map((row) => row.dataset.id)]).size;
      this.#held = holder;
      if (!isWatched) this.#release();
      else if (moved) { news.textContent = say("news", { count: moved }); news.hidden = false; }
    } else this.#changed.clear();
    this.#mark();
    this.#countUnread();
  }

  #release() {
    const holder = this.#held;
    this.#held = null;
    this.#changed.clear();
    news.hidden = true;
    if (!holder) return;
    const focused = list.contains(document.activeElement) ? document.activeElement.id : "";
    const fresh = new Set([...holder.querySelectorAll(".q-row")].map((row) => row.id));
    // Rows of later pages stay below, except those that moved to the top.
    const later = [...list.querySelectorAll("li[data-later]")].filter((item) => !fresh.has(item.firstElementChild?.id));
    const items = [...holder.children].filter((item) => !(later.length && item.matches(".q-more")));
    list.replaceChildren(...items, ...later);
    if (focused) byId(focused)?.focus();
    this.#mark();
    this.#countUnread();
  }

  #counts(template) {
    for (const count of pane.querySelectorAll("[data-count]")) {
      const value = template?.dataset[count.dataset.count];
      if (value !== undefined) count.textContent = value;
    }
  }

  async #clicked(event) {
    const more = event.target.closest("[data-more]");
    if (more) {
      more.disabled = true;
      const answer = await send(`${pane.dataset.url}?${more.dataset.more}`);
      more.disabled = false;
      if (!answer.ok) return;
      const holder = document.createElement("ul");
      holder.innerHTML = answer.data;
      for (const item of [...holder.children]) {
        if (item.firstElementChild?.id && byId(item.firstElementChild.id)) item.remove();
        else item.dataset.later = "";
      }
      more.closest("li").replaceWith(...holder.children);
      this.#freshen();
      return;
    }
    const row = event.target.closest(".q-row");
    if (!row || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    this.dispatchEvent(new CustomEvent("open", { detail: row.dataset.id }));
  }

  /** Say which conversation is open; its row is marked and counts as read. */
  opened(id) {
    this.openId = id;
    this.picked = id;
    this.#mark();
  }

  read(id) {
    const row = this.row(id);
    if (!row) return;
    row.classList.remove("unread");
    row.querySelector(".q-unseen")?.remove();
    this.#countUnread();
  }

  #mark() {
    for (const row of this.rows) {
      if (row.dataset.id === this.openId) row.setAttribute("aria-current", "true"); else row.removeAttribute("aria-current");
      row.classList.toggle("picked", row.dataset.id === this.picked);
      const url = new URLSearchParams(this.query);
      url.set("c", row.dataset.id);
      row.href = `?${url}`;
    }
  }

  move(step) {
    const rows = this.rows;
    if (!rows.length) return;
    const at = rows.findIndex((row) => row.dataset.id === this.picked);
    const next = rows[Math.max(0, Math.min(rows.length - 1, at < 0 ? 0 : at + step))];
    this.picked = next.dataset.id;
    this.#mark();
    next.scrollIntoView({ block: "nearest" });
    next.focus({ preventScroll: true });
  }

  openPicked() { if (this.picked) this.dispatchEvent(new CustomEvent("open", { detail: this.picked })); }

  #countUnread() {
    const unread = list.querySelectorAll(".q-row.unread").length;
    this.#unread = unread;
    const plain = document.title.replace(/^\(\d+\) /, "");
    document.title = unread ? `(${unread}) ${plain}` : plain;
  }

  #freshen() {
    for (const wait of document.querySelectorAll("[data-wait]")) {
      const { text, tone } = waited(wait.dataset.wait);
      if (wait.textContent !== text) wait.textContent = text;
      wait.classList.remove("tone-good", "tone-soon", "tone-late");
      wait.classList.add(`tone-${tone}`);
    }
  }
}

export const queue = new Queue();
