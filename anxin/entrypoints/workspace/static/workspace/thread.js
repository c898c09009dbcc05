// One open conversation: what is stored, what is on its way, and the line that keeps both true.

import { live } from "../ui/live.js";
import { base, kept, me, newId, say, send } from "./wire.js";

const RETRY_MS = 4000;

/** A conversation as the page knows it. Events: "changed", "head", "typing", "presence", "outdated", "arrived". */
export class Thread extends EventTarget {
  constructor(id, told) {
    super();
    this.id = id;
    this.head = told.conversation;
    this.messages = new Map();
    this.hasEarlier = told.has_earlier;
    this.customerSeen = told.conversation.customer_seen_seq;
    this.pending = (kept.get("outbox", id) || []).map((one) => ({ ...one, state: "waiting" }));
    this.unseenFrom = 0;
    this.take(told.messages, { quiet: true });
    this.isClosed = false;
    this.topic = `conversation:${id}`;
    this.stop = live.subscribe(this.topic, {
      after: this.lastSeq,
      onmessage: (event) => this.#heard(event),
      onback: () => { this.refreshHead(); this.flush(); },
    });
    this.timer = setInterval(() => this.flush(), RETRY_MS);
    this.flush();
  }

  close() {
    this.isClosed = true;
    clearInterval(this.timer);
    clearTimeout(this.headTimer);
    this.stop();
  }

  /** The highest number up to which nothing is missing: what may be called seen. */
  get lastSeq() {
    let seq = this.messages.size ? this.firstSeq : 0;
    while (this.messages.has(seq + 1)) seq++;
    return seq;
  }

  get firstSeq() { return Math.min(...this.messages.keys()); }

  /** All messages in order, then what waits to be sent. */
  get shown() {
    const stored = [...this.messages.values()].sort((one, other) => one.seq - other.seq);
    const lastOut = stored.findLast?.((one) => one.direction === "out") || null;
    const known = new Set(stored.map((one) => one.client_id));
    const waiting = this.pending.filter((one) => !known.has(one.client_id)).map((one) => ({
      seq: 0, client_id: one.client_id, direction: one.is_note ? "note" : "out", author_kind: "staff", author_id: me, text: one.text, sent_at: one.at, attachments: one.files, links: [], pending: one,
    }));
    return [...stored.map((one) => ({ ...one, isLastOut: one === lastOut, isUnseen: this.unseenFrom && one.seq >= this.unseenFrom && one.author_id !== me && one.direction !== "event" })), ...waiting];
  }

  /** Take messages in; each once, whatever way they came. */
  take(items, { quiet = false } = {}) {
    let isNew = false;
    for (const one of items) {
      if (this.messages.has(one.seq)) continue;
      for (const file of one.attachments || []) file.url ||= `/workspace/files/${file.id}/`;
      this.messages.set(one.seq, one);
      isNew = true;
      this.#settle(one);
    }
    if (!isNew || quiet) return;
    live.seen(this.topic, this.lastSeq);
    this.dispatchEvent(new CustomEvent("changed", { detail: { isNew: true } }));
    const arrived = items.filter((one) => one.author_id !== me);
    if (arrived.length) this.dispatchEvent(new CustomEvent("arrived", { detail: arrived }));
  }

  #settle(message) {
    if (message.author_id !== me) return;
    const rest = this.pending.filter((one) => one.client_id !== message.client_id);
    if (rest.length !== this.pending.length) { this.pending = rest; this.#keep(); }
  }

  #heard(event) {
    if (event.type === "messages") {
      this.take(event.items);
      this.refreshHead();
    } else if (event.type === "seen") {
      if (event.buyer && event.seen > this.customerSeen) { this.customerSeen = event.seen; this.dispatchEvent(new CustomEvent("changed", { detail: {} })); }
    } else if (event.type === "typing" || event.type === "presence") {
      this.dispatchEvent(new CustomEvent(event.type, { detail: event }));
    } else if (event.type === "resync" || event.type === "changed") this.refreshHead();
  }

  /** Ask whose turn it is now; several reasons at once are one question. */
  refreshHead() {
    clearTimeout(this.headTimer);
    this.headTimer = setTimeout(async () => {
      const answer = await send(`${base}${this.id}/?part=head`, { quiet: true });
      if (answer.ok && !this.isClosed) this.tell(answer.data.conversation);
    }, 120);
  }

  tell(head) {
    const before = this.head;
    this.head = head;
    this.customerSeen = Math.max(this.customerSeen, head.customer_seen_seq);
    this.dispatchEvent(new CustomEvent("head", { detail: { before } }));
  }

  async earlier() {
    const answer = await send(`${base}${this.id}/messages/?before=${this.firstSeq}`);
    if (!answer.ok) return;
    for (const one of answer.data.messages) if (!this.messages.has(one.seq)) this.messages.set(one.seq, one);
    this.hasEarlier = answer.data.has_earlier;
    this.dispatchEvent(new CustomEvent("changed", { detail: { isEarlier: true } }));
  }

  // --- sending ---------------------------------------------------------------------------------

  write({ text, files, is_note: isNote }) {
    this.pending.push({ client_id: newId(), text, files, is_note: isNote, seen_seq: this.lastSeq, at: new Date().toISOString(), state: "sending" });
    this.unseenFrom = 0;
    this.#keep();
    this.dispatchEvent(new CustomEvent("changed", { detail: { isOwn: true } }));
    this.flush();
  }

  again(clientId) {
    const one = this.pending.find((each) => each.client_id === clientId);
    if (one) { one.state = "sending"; this.flush(); this.dispatchEvent(new CustomEvent("changed", { detail: {} })); }
  }

  drop(clientId) {
    this.pending = this.pending.filter((one) => one.client_id !== clientId);
    this.#keep();
    this.dispatchEvent(new CustomEvent("changed", { detail: {} }));
  }

  /** Send what waits, in order, one at a time: the server knows each by its client id. */
  async flush() {
    if (this.isSending || this.isClosed) return;
    this.isSending = true;
    try {
      for (let next = this.#next(); next && !this.isClosed; next = this.#next()) if (!(await this.#post(next))) break;
    } finally { this.isSending = false; }
  }

  #next() { return this.pending.find((one) => one.state !== "failed"); }

  async #post(one) {
    const answer = await send(`${base}${this.id}/messages/`, { method: "POST", quiet: true, body: { text: one.text, client_id: one.client_id, seen_seq: one.seen_seq, is_note: one.is_note, file_ids: one.files.map((file) => file.id) } });
    if (answer.ok) {
      this.take([answer.data.message]);
      this.refreshHead();
      return true;
    }
    if (answer.status === 409 && answer.data?.code === "outdated_view") {
      this.unseenFrom = Math.min(...answer.data.unseen.map((message) => message.seq));
      this.drop(one.client_id);
      this.take(answer.data.unseen);
      this.dispatchEvent(new CustomEvent("outdated", { detail: one }));
      return true;
    }
    const isOver = answer.status >= 400 && answer.status < 500 && answer.status !== 419 && answer.status !== 429;
    one.state = isOver ? "failed" : "waiting";
    one.because = answer.refusal || say("not_sent");
    this.dispatchEvent(new CustomEvent("changed", { detail: {} }));
    return isOver;
  }

  #keep() { kept.set("outbox", this.id, this.pending.map(({ state, ...rest }) => rest)); }
}
