// The open line to the server: subscriptions that survive a lost connection without losing or
// doubling anything that carries a sequence number.
//
//   (import { live })
//   const stop = live.subscribe("conversation:018f…", { after: 41, onmessage(event) { … }, onback() { … } });
//   live.send({ op: "typing", topic: "conversation:018f…" });
//
// Protocol (JSON text): to the server {"op": "subscribe", "topic", "after"}, {"op": "unsubscribe", "topic"},
// {"op": "ping"}; from the server {"topic", "type", …}, {"type": "pong"}.

import { toast } from "./toast.js";
import { say } from "./words.js";

const PING_SECONDS = 20;
const DEAF_SECONDS = 45;
// A short blink of the line is nobody's business; only a lasting one is shown.
const BANNER_AFTER_MS = 1500;
const NOT_SIGNED_IN = 4401;

export class Live extends EventTarget {
  #url;
  #socket = null;
  #topics = new Map();
  #tries = 0;
  #heardAt = 0;
  #timer = null;
  #wasLost = false;
  #isClosed = false;
  #token = "";

  constructor(url) {
    super();
    this.#url = url;
    setInterval(() => this.#beat(), 5000);
    window.addEventListener("online", () => this.#again(0));
    // Coming back to the page, perhaps from signing in again in another tab.
    document.addEventListener("visibilitychange", () => { if (!document.hidden) { this.#beat(); this.#again(0); } });
    window.addEventListener("pagehide", () => { this.#isClosed = true; this.#socket?.close(); });
    window.addEventListener("pageshow", (event) => { if (event.persisted) { this.#isClosed = false; this.#again(0); } });
  }

  get isOpen() { return this.#socket?.readyState === WebSocket.OPEN; }

  /**
   * Hear of a topic. `after` is the last sequence number the page already shows: later ones are
   * sent first. `onmessage(event)` gets each event once; `onback()` runs after a reconnection, for
   * topics without numbers, which must be fetched anew. Return a function that ends it.
   */
  subscribe(topic, { after = null, onmessage = () => {}, onback = () => {} } = {}) {
    const entry = this.#topics.get(topic) || { seq: after, listeners: new Set() };
    const isNew = !this.#topics.has(topic);
    const listener = { onmessage, onback };
    entry.listeners.add(listener);
    this.#topics.set(topic, entry);
    if (!this.#socket) this.#connect();
    else if (isNew && this.isOpen) this.#ask(topic, entry);
    return () => {
      entry.listeners.delete(listener);
      if (entry.listeners.size || this.#topics.get(topic) !== entry) return;
      this.#topics.delete(topic);
      this.send({ op: "unsubscribe", topic });
    };
  }

  /** Say that the page shows everything of a topic up to `seq`, for example after sending itself. */
  seen(topic, seq) {
    const entry = this.#topics.get(topic);
    if (entry && (entry.seq === null || seq > entry.seq)) entry.seq = seq;
  }

  /** Send if the line is open; return whether it was. */
  send(message) {
    if (this.isOpen) this.#socket.send(JSON.stringify(message));
    return this.isOpen;
  }

  /** Say who reads when no cookie of the staff does: a buyer's token, sent first on each connection. */
  signIn(token) {
    this.#token = token;
    if (this.isOpen) this.send({ op: "sign_in", token });
    else if (!this.#socket) this.#again(0);
  }

  #connect() {
    clearTimeout(this.#timer);
    this.#timer = null;
    const socket = new WebSocket(this.#url);
    this.#socket = socket;
    this.#heardAt = Date.now();
    socket.addEventListener("open", () => this.#opened());
    socket.addEventListener("message", (event) => this.#heard(JSON.parse(event.data)));
    socket.addEventListener("close", (event) => { if (socket === this.#socket) this.#closed(event); });
  }

  #opened() {
    this.#tries = 0;
    if (this.#token) this.send({ op: "sign_in", token: this.#token });
    for (const [topic, entry] of this.#topics) this.#ask(topic, entry);
    if (this.#wasLost) for (const entry of this.#topics.values()) for (const listener of entry.listeners) listener.onback();
    this.#tell(this.#wasLost ? "back" : "open");
    this.#wasLost = false;
  }

  #ask(topic, entry) {
    this.send(entry.seq === null ? { op: "subscribe", topic } : { op: "subscribe", topic, after: entry.seq });
  }

  #heard(event) {
    this.#heardAt = Date.now();
    const entry = this.#topics.get(event.topic);
    if (!entry) return;
    if (typeof event.seq === "number") {
      if (entry.seq !== null && event.seq <= entry.seq) return;
      entry.seq = event.seq;
    }
    for (const listener of [...entry.listeners]) listener.onmessage(event);
  }

  #closed(event) {
    this.#socket = null;
    if (this.#isClosed) return;
    // Not signed in (any more), a foreign page, no such line: asking again would not help.
    if (event.code === NOT_SIGNED_IN || event.code === 4403 || event.code === 4404) {
      this.#wasLost = true;
      this.#tell(event.code === NOT_SIGNED_IN ? "signed-out" : "refused");
      return;
    }
    if (!this.#wasLost) { this.#wasLost = true; this.#tell("lost"); }
    this.#again(Math.min(15000, 400 * 2 ** this.#tries++) * (0.5 + Math.random()));
  }

  #again(milliseconds) {
    if (this.#isClosed || this.#socket || !this.#topics.size) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#connect(), milliseconds);
  }

  // Proxies and sleeping laptops drop lines silently: what stays deaf is closed and made anew.
  #beat() {
    if (!this.isOpen) return;
    const silence = (Date.now() - this.#heardAt) / 1000;
    if (silence > DEAF_SECONDS) this.#socket.close();
    else if (silence > PING_SECONDS) this.send({ op: "ping" });
  }

  #tell(state) { this.dispatchEvent(new CustomEvent("state", { detail: state })); }
}

/** Return the address of the line; rooms for buyers may carry a query (`data-live-url` on body). */
function address() {
  const url = new URL(document.body.dataset.liveUrl || "/ws", location.href);
  url.protocol = location.protocol === "https:" ? "wss:" : "ws:";
  return url.href;
}

export const live = new Live(address());

let bannerTimer = null;
live.addEventListener("state", ({ detail }) => {
  const banner = document.getElementById("connection");
  if (!banner) return;
  clearTimeout(bannerTimer);
  const text = banner.querySelector("span");
  if (detail === "lost") {
    bannerTimer = setTimeout(() => {
      banner.classList.remove("good");
      text.textContent = say("lost");
      banner.hidden = false;
    }, BANNER_AFTER_MS);
  } else if (detail === "back" && !banner.hidden) {
    banner.classList.add("good");
    text.textContent = say("back");
    bannerTimer = setTimeout(() => { banner.hidden = true; }, 2500);
  } else if (detail === "signed-out" && document.body.hasAttribute("data-live")) {
    const href = `/accounts/login/?next=${encodeURIComponent(location.pathname + location.search)}`;
    toast(say("expired"), { tone: "late", action: { text: say("sign_in"), href } });
  }
});
