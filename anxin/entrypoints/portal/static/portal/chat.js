// The buyer's conversation. startChat(element, options) makes it; options are those of the server
// (views/chat.py, chat_config), given to the page with json_script.
//
// Nothing is lost or doubled: every message gets an id of its own before it is sent, waits in
// localStorage until the server has it, and what arrives is placed by its number in the thread.

import { live } from "../ui/live.js";

const MAX_BYTES = 20 * 1024 * 1024;
const TYPING_PAUSE_MS = 2500;

/** Storage that survives reload where the browser allows it, and the page's life where not. */
const memory = new Map();
const store = {
  get(key) { try { return localStorage.getItem(key) ?? memory.get(key) ?? null; } catch { return memory.get(key) ?? null; } },
  set(key, value) { memory.set(key, value); try { localStorage.setItem(key, value); } catch { /* kept in memory */ } },
  remove(key) { memory.delete(key); try { localStorage.removeItem(key); } catch { /* nothing kept */ } },
};

const make = (tag, css = "", text = "") => {
  const element = document.createElement(tag);
  if (css) element.className = css;
  if (text) element.textContent = text;
  return element;
};
const newId = () => (crypto.randomUUID ? crypto.randomUUID() : [...crypto.getRandomValues(new Uint8Array(16))].map((n) => n.toString(16).padStart(2, "0")).join(""));

/** Make `element` a conversation; return `{stop, focus, look}`. `onmessage(message)` hears of staff's new words. */
export function startChat(element, options) {
  const chat = new Chat(element, options);
  chat.start();
  return { stop: () => chat.stop(), focus: () => chat.text.focus(), look: () => chat.tellSeen() };
}

class Chat {
  constructor(element, options) {
    this.element = element;
    this.options = options;
    this.words = options.words;
    this.token = options.token;
    this.conversation = null;
    this.lastSeq = 0;
    this.firstSeq = 0;
    this.shown = new Set(); // ids of messages on the page
    this.attached = [];
    this.isSending = false;
    this.tries = 0;
    this.typedAt = 0;
    this.visitorKey = `anxin.visitor.${options.store}`;
    this.setQueueKey(options.who);
    this.build();
  }

  setQueueKey(who) {
    this.queueKey = `anxin.chat.${this.options.store}.${who}`;
    this.queue = JSON.parse(store.get(this.queueKey) || "[]");
  }

  // --- the page --------------------------------------------------------------------------------

  build() {
    const { words } = this;
    this.element.classList.add("chat");
    this.log = make("div", "chat-log");
    Object.entries({ role: "log", "aria-live": "polite", "aria-label": this.options.storeName, tabindex: "0" }).forEach(([name, value]) => this.log.setAttribute(name, value));
    this.older = make("button", "btn btn-quiet chat-older", words.older);
    this.older.type = "button";
    this.older.hidden = true;
    this.older.addEventListener("click", () => this.loadOlder());
    this.thread = make("div", "chat-thread");
    this.hello = this.bubble("out", words.hello);
    this.pending = make("ol", "chat-list");
    this.typing = make("div", "chat-typing");
    this.log.append(this.older, this.hello, this.thread, this.pending, this.typing);
    this.jump = make("button", "chat-jump", words.newMessages);
    this.jump.type = "button";
    this.jump.hidden = true;
    this.jump.addEventListener("click", () => this.toEnd());
    this.log.addEventListener("scroll", () => { if (this.isAtEnd()) this.jump.hidden = true; });
    this.element.replaceChildren(this.log, this.jump, this.form());
  }

  form() {
    const { words } = this;
    const form = make("form", "chat-write");
    form.noValidate = true;
    this.files = make("div", "chat-files");
    this.text = make("textarea", "form-control");
    this.text.rows = 1;
    this.text.maxLength = 10000;
    this.text.placeholder = words.placeholder;
    this.text.setAttribute("aria-label", words.placeholder);
    this.text.value = store.get(`${this.queueKey}.draft`) || "";
    const attach = make("label", "icon-button chat-attach");
    attach.append(icon("paperclip"), make("span", "visually-hidden", words.attach));
    this.input = make("input", "visually-hidden");
    this.input.type = "file";
    this.input.multiple = true;
    this.input.accept = "image/*,video/mp4,application/pdf";
    this.input.addEventListener("change", () => { for (const file of this.input.files) this.attach(file); this.input.value = ""; });
    attach.append(this.input);
    this.button = make("button", "btn btn-primary chat-send");
    this.button.type = "submit";
    this.button.setAttribute("aria-label", words.send);
    this.button.append(icon("send"), make("span", "", words.send));
    this.note = make("p", "chat-note");
    this.note.setAttribute("role", "alert");
    const row = make("div", "chat-row");
    row.append(attach, this.text, this.button);
    form.append(this.files, this.note, row);
    form.addEventListener("submit", (event) => { event.preventDefault(); this.write(); });
    this.text.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
      event.preventDefault();
      this.write();
    });
    this.text.addEventListener("input", () => this.typed());
    this.text.addEventListener("paste", (event) => { for (const file of event.clipboardData.files) this.attach(file); });
    return form;
  }

  typed() {
    this.note.textContent = "";
    this.text.style.height = "auto";
    this.text.style.height = `${Math.min(this.text.scrollHeight + 2, 140)}px`;
    store.set(`${this.queueKey}.draft`, this.text.value);
    if (!this.conversation || Date.now() - this.typedAt < TYPING_PAUSE_MS) return;
    this.typedAt = Date.now();
    live.send({ op: "typing", conversation: this.conversation });
  }

  // --- who writes ------------------------------------------------------------------------------

  async start() {
    for (const item of this.queue) this.showPending(item);
    if (!this.token && store.get(this.visitorKey)) await this.identify();
    if (this.token) { live.signIn(this.token); await this.load(); }
    this.onState = ({ detail }) => { if (detail === "refused") this.identify().then((known) => { if (known) live.signIn(this.token); }); };
    live.addEventListener("state", this.onState);
    this.onOnline = () => { this.tries = 0; this.flush(); };
    window.addEventListener("online", this.onOnline);
    this.onLook = () => this.tellSeen();
    document.addEventListener("visibilitychange", this.onLook);
    this.toEnd();
    this.flush();
  }

  stop() {
    this.unsubscribe?.();
    live.removeEventListener("state", this.onState);
    window.removeEventListener("online", this.onOnline);
    document.removeEventListener("visibilitychange", this.onLook);
    clearTimeout(this.seenTimer);
    clearTimeout(this.timer);
  }

  /** Get a token: as the signed-in buyer, the visitor of last time, or a new visitor. */
  async identify() {
    const visitor = store.get(this.visitorKey);
    const response = await fetch(this.options.urls.visit, {
      method: "POST", credentials: "same-origin",
      headers: { "Content-Type": "application/json", "X-Requested-With": "fetch" },
      // A shop may have said who he is (the widget's data-token); then nothing else counts.
      body: JSON.stringify(this.options.identity ? { identity: this.options.identity } : this.options.bySession || !visitor ? {} : { visitor }),
    }).catch(() => null);
    if (!response?.ok) return false;
    const answer = await response.json();
    this.token = answer.token;
    if (answer.visitor) store.set(this.visitorKey, answer.visitor);
    live.signIn(this.token);
    return true;
  }

  /** fetch as whoever writes; renews an old token once. Resolve to the response, null without a line. */
  async ask(url, init = {}, isSecond = false) {
    const headers = { ...init.headers, "X-Requested-With": "fetch", Accept: "application/json" };
    if (this.token) headers.Authorization = `Bearer ${this.token}`;
    const response = await fetch(url, { ...init, headers, credentials: "same-origin" }).catch(() => null);
    if (response?.status === 419 && !isSecond && (await this.identify())) return this.ask(url, init, true);
    return response;
  }

  // --- reading ---------------------------------------------------------------------------------

  async load() {
    const response = await this.ask(this.options.urls.messages);
    if (!response?.ok) { this.note.textContent = this.words.noLoad; this.timer = setTimeout(() => this.load(), 4000); return; }
    this.note.textContent = "";
    const answer = await response.json();
    if (!answer.conversation) return;
    this.follow(answer.conversation, answer.last_seq);
    this.take(answer.items, answer.conversation);
    this.firstSeq = answer.first_seq;
    this.older.hidden = answer.first_seq <= 1;
    if (answer.state === "closed") this.thread.append(make("p", "chat-break", this.words.closed));
    this.toEnd();
  }

  async loadOlder() {
    const before = this.log.scrollHeight;
    const response = await this.ask(`${this.options.urls.messages}?conversation=${this.conversation}&before=${this.firstSeq}`);
    if (!response?.ok) return;
    const answer = await response.json();
    this.take(answer.items, answer.conversation, true);
    this.firstSeq = answer.first_seq;
    this.older.hidden = !answer.items.length || answer.first_seq <= 1;
    this.log.scrollTop += this.log.scrollHeight - before;
  }

  /** Fetch what came after the last number shown: attachments with their addresses, and any gap. */
  async catchUp() {
    if (this.isCatchingUp) { this.isBehind = true; return; }
    this.isCatchingUp = true;
    do {
      this.isBehind = false;
      const response = await this.ask(`${this.options.urls.messages}?conversation=${this.conversation}&after=${this.lastSeq}`);
      if (!response?.ok) break;
      const answer = await response.json();
      if (answer.items.length) this.isBehind = true;
      this.take(answer.items, answer.conversation);
      if (answer.newest !== this.conversation) { this.follow(answer.newest, 0); this.isBehind = true; }
    } while (this.isBehind);
    this.isCatchingUp = false;
  }

  /** Follow a conversation: the one shown, or the new one that a message after the end has opened. */
  follow(conversation, seq) {
    if (this.conversation === conversation) return;
    this.unsubscribe?.();
    this.conversation = conversation;
    this.lastSeq = seq;
    this.seenSeq = 0;
    this.unsubscribe = live.subscribe(`conversation:${conversation}`, {
      after: seq,
      onmessage: (event) => this.heard(event),
      onback: () => this.catchUp(),
    });
  }

  heard(event) {
    if (event.type === "messages") {
      if (event.items.some((item) => item.attachments.length)) this.catchUp();
      else this.take(event.items, this.conversation);
    } else if (event.type === "typing") this.showTyping();
    else if (event.type === "changed" || event.type === "resync") this.catchUp();
    else if (event.type === "error" && event.code === "not_signed_in") this.identify();
  }

  /** Tell how far he has read, once he really looks: the agent sees it under his answer. */
  tellSeen() {
    clearTimeout(this.seenTimer);
    if (document.hidden || this.options.isOpen?.() === false || !this.conversation || this.lastSeq <= (this.seenSeq || 0)) return;
    this.seenTimer = setTimeout(async () => {
      const seen = this.lastSeq, conversation = this.conversation;
      const response = await this.ask(this.options.urls.messages, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ seen, conversation }) });
      if (response?.ok) this.seenSeq = seen;
    }, 300);
  }

  showTyping() {
    this.typing.textContent = this.words.typing;
    clearTimeout(this.typingTimer);
    this.typingTimer = setTimeout(() => { this.typing.textContent = ""; }, 3500);
    if (this.isAtEnd()) this.toEnd();
  }

  take(items, conversation, isOlder = false) {
    const wasAtEnd = this.isAtEnd();
    let heard = null;
    for (const item of items) {
      if (this.conversation === conversation && item.seq > this.lastSeq) this.lastSeq = item.seq;
      this.forgetPending(item.client_id);
      if (this.shown.has(item.id)) continue;
      this.shown.add(item.id);
      this.place(item, conversation);
      if (item.direction === "out") { heard = item; this.typing.textContent = ""; }
    }
    if (this.conversation === conversation) live.seen(`conversation:${conversation}`, this.lastSeq);
    if (isOlder) return;
    this.tellSeen();
    if (wasAtEnd) this.toEnd();
    else if (heard) this.jump.hidden = false;
    if (heard) this.options.onmessage?.(heard);
  }

  /** Put a message at its place by number: numbers can arrive in any order. */
  place(item, conversation) {
    let list = this.thread.querySelector(`ol[data-conversation="${conversation}"]`);
    if (!list) {
      list = make("ol", "chat-list");
      list.dataset.conversation = conversation;
      this.thread.append(list);
    }
    const entry = this.entry(item);
    entry.dataset.seq = item.seq;
    const next = [...list.children].find((other) => Number(other.dataset.seq) > item.seq);
    list.insertBefore(entry, next || null);
    this.hello.hidden = true;
  }

  entry(item) {
    const entry = make("li", "");
    if (item.event) { entry.className = "chat-event"; entry.append(this.eventOf(item)); return entry; }
    const mine = item.direction === "in";
    entry.className = mine ? "chat-mine" : "chat-theirs";
    const who = make("div", "chat-who");
    who.append(make("span", "", mine ? this.words.me : item.author_name || this.words.staff), timeOf(item.sent_at, this.options));
    entry.append(who, this.bubble(mine ? "in" : "out", item.text, item.attachments));
    return entry;
  }

  bubble(direction, text, attachments = []) {
    const box = make("div", `chat-bubble ${direction}`);
    if (text) box.append(linked(text));
    for (const one of attachments) {
      const link = make("a", "chat-file");
      link.href = one.url || "#";
      link.target = "_blank";
      link.rel = "noopener";
      if (one.media_type.startsWith("image/")) {
        const image = make("img");
        image.src = one.url;
        image.alt = one.name;
        image.loading = "lazy";
        image.addEventListener("load", () => { if (this.isNearEnd()) this.toEnd(); });
        link.append(image);
      } else link.append(icon("file"), make("span", "", one.name || this.words.file));
      box.append(link);
    }
    return box;
  }

  eventOf(item) {
    const { event } = item, { options } = this;
    let words = options.events[event.code] || event.code;
    const amount = event.currency ? moneyOf(event.amount_minor, event.currency, options.language) : "";
    words = words.replace("{amount}", amount).replace("{number}", event.number || "");
    const line = make("span", "", words);
    const box = make("div");
    box.append(line);
    if (event.request_id && options.bySession) {
      const link = make("a", "", options.words.viewRequest);
      link.href = options.urls.request.replace("00000000-0000-0000-0000-000000000000", event.request_id);
      if (options.isEmbedded) { link.target = "_blank"; link.rel = "noopener"; }
      box.append(" ", link);
    }
    return box;
  }

  isAtEnd() { return this.log.scrollHeight - this.log.scrollTop - this.log.clientHeight < 40; }
  isNearEnd() { return this.log.scrollHeight - this.log.scrollTop - this.log.clientHeight < 400; }
  toEnd() { this.log.scrollTop = this.log.scrollHeight; this.jump.hidden = true; }

  // --- writing ---------------------------------------------------------------------------------

  async attach(file) {
    if (file.size > MAX_BYTES) { this.note.textContent = this.words.tooBig; return; }
    const chip = make("span", "chat-chip");
    chip.append(make("span", "clip", file.name), make("progress", "bar"));
    const remove = make("button", "icon-button");
    remove.type = "button";
    remove.setAttribute("aria-label", `${this.words.remove} ${file.name}`);
    remove.append(icon("x"));
    chip.append(remove);
    this.files.append(chip);
    const waiting = { chip, file: null };
    this.attached.push(waiting);
    remove.addEventListener("click", () => { chip.remove(); this.attached = this.attached.filter((one) => one !== waiting); });
    if (!this.token && !(await this.identify())) { this.dropFile(waiting, this.words.notSent); return; }
    const body = new FormData();
    body.set("file", file);
    const response = await this.ask(this.options.urls.files, { method: "POST", body });
    if (!response?.ok) { this.dropFile(waiting, spoken(response) || this.words.notSent); return; }
    waiting.file = await response.json();
    chip.querySelector("progress").remove();
  }

  dropFile(waiting, why) {
    waiting.chip.remove();
    this.attached = this.attached.filter((one) => one !== waiting);
    this.note.textContent = why;
  }

  write() {
    const text = this.text.value.trim();
    if (this.attached.some((one) => !one.file)) return; // still travelling; the progress shows it
    if (!text && !this.attached.length) { this.text.focus(); return; }
    const item = { client_id: newId(), text, files: this.attached.map((one) => one.file), at: new Date().toISOString(), error: "" };
    this.queue.push(item);
    this.keep();
    this.showPending(item);
    this.text.value = "";
    this.attached = [];
    this.files.replaceChildren();
    this.typed();
    store.remove(`${this.queueKey}.draft`);
    this.toEnd();
    this.text.focus();
    this.flush();
  }

  keep() {
    if (this.queue.length) store.set(this.queueKey, JSON.stringify(this.queue));
    else store.remove(this.queueKey);
  }

  showPending(item) {
    const entry = make("li", "chat-mine chat-pending");
    entry.dataset.client = item.client_id;
    entry.append(this.bubble("in", item.text, item.files), make("div", "chat-state"));
    this.pending.append(entry);
    this.hello.hidden = true;
    this.tellState(item);
  }

  tellState(item) {
    const entry = this.pending.querySelector(`[data-client="${item.client_id}"]`);
    if (!entry) return;
    const box = entry.querySelector(".chat-state");
    box.replaceChildren();
    if (!item.error) { box.append(make("span", "", this.tries ? this.words.waiting : this.words.sending)); return; }
    box.append(make("span", "tone-late", `${this.words.failed} · ${item.error}`));
    const again = make("button", "btn btn-sm", this.words.retry), drop = make("button", "btn btn-sm btn-quiet", this.words.drop);
    again.type = drop.type = "button";
    again.addEventListener("click", () => { item.error = ""; this.keep(); this.tellState(item); this.flush(); });
    drop.addEventListener("click", () => this.forgetPending(item.client_id));
    box.append(again, drop);
  }

  forgetPending(clientId) {
    if (!clientId || !this.queue.some((item) => item.client_id === clientId)) return;
    this.queue = this.queue.filter((item) => item.client_id !== clientId);
    this.keep();
    this.pending.querySelector(`[data-client="${clientId}"]`)?.remove();
  }

  /** Send what waits, in order, one at a time; a refused message steps aside, a lost line is tried again. */
  async flush() {
    if (this.isSending) return;
    this.isSending = true;
    try {
      let item;
      while ((item = this.queue.find((one) => !one.error))) if (!(await this.send(item))) break;
    } finally {
      this.isSending = false;
    }
  }

  async send(item) {
    if (!this.token && !(await this.identify())) return this.later();
    const response = await this.ask(this.options.urls.messages, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ client_id: item.client_id, text: item.text, file_ids: item.files.map((file) => file.id) }),
    });
    if (!response || response.status >= 500 || response.status === 429) return this.later();
    this.tries = 0;
    if (!response.ok) {
      item.error = spoken(response) || this.words.failed;
      this.keep();
      this.tellState(item);
      return true;
    }
    const answer = await response.json();
    this.follow(answer.conversation, 0);
    this.take([{ id: answer.id, seq: answer.seq, direction: "in", text: item.text, sent_at: item.at, client_id: item.client_id, attachments: item.files, event: null }], answer.conversation);
    if (answer.seq > this.lastSeq + 1) this.catchUp();
    return true;
  }

  later() {
    this.tries += 1;
    for (const item of this.queue) this.tellState(item);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.flush(), Math.min(20000, 1000 * 2 ** this.tries));
    return false;
  }
}

function spoken(response) {
  const said = response?.headers.get("X-Message");
  return said ? decodeURIComponent(said) : "";
}

function icon(name) {
  const sprite = document.querySelector("#toast-template")?.content.querySelector("use") || document.querySelector("svg.icon use");
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", (sprite?.getAttribute("href") || "").replace(/#.*/, `#${name}`));
  svg.append(use);
  return svg;
}

/** The text with its web addresses as links; everything else stays text. */
function linked(text) {
  const part = document.createDocumentFragment();
  for (const piece of text.split(/(https?:\/\/[^\s<>"'，。；）]+)/)) {
    if (!/^https?:\/\//.test(piece)) { part.append(piece); continue; }
    const link = make("a", "", piece);
    link.href = piece;
    link.target = "_blank";
    link.rel = "noopener noreferrer";
    part.append(link);
  }
  return part;
}

function timeOf(at, { language, words }) {
  const date = new Date(at), now = new Date();
  const days = Math.round((new Date(now).setHours(0, 0, 0, 0) - new Date(date).setHours(0, 0, 0, 0)) / 86400000);
  const clock = new Intl.DateTimeFormat(language, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).format(date);
  const day = days === 0 ? "" : days === 1 ? `${words.yesterday} ` : `${new Intl.DateTimeFormat(language, { month: "numeric", day: "numeric" }).format(date)} `;
  const time = make("time", "num", day + clock);
  time.dateTime = at;
  time.title = date.toLocaleString(language);
  return time;
}

function moneyOf(minor, currency, language) {
  const format = new Intl.NumberFormat(language, { style: "currency", currency, currencyDisplay: "narrowSymbol" });
  return format.format(minor / 10 ** format.resolvedOptions().maximumFractionDigits);
}
