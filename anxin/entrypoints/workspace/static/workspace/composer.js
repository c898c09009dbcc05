// Where the agent writes: reply or note, attachments, quick replies, and a draft that survives.

import { toast } from "../ui/toast.js";
import { live } from "../ui/live.js";
import { byId, h, icon, kept, say, send } from "./wire.js";
import { QuickReplies } from "./quick.js";

const form = byId("composer"), field = byId("composer-text"), chips = byId("composer-files");
const notice = byId("composer-notice"), hint = byId("composer-hint"), sendButton = byId("composer-send");
const MAX_BYTES = 20 * 1024 * 1024;

class Composer extends EventTarget {
  thread = null;
  mode = "reply";
  drafts = { reply: "", note: "" };
  files = [];
  #typedAt = 0;

  start() {
    this.quick = new QuickReplies(this);
    form.addEventListener("submit", (event) => { event.preventDefault(); this.submit(); });
    field.addEventListener("keydown", (event) => this.#pressed(event));
    field.addEventListener("input", () => this.#typed());
    field.addEventListener("paste", (event) => { if (event.clipboardData.files.length) { event.preventDefault(); this.attach(event.clipboardData.files); } });
    byId("composer-pick").addEventListener("change", (event) => { this.attach(event.target.files); event.target.value = ""; });
    byId("mode-reply").addEventListener("click", () => this.write("reply"));
    byId("mode-note").addEventListener("click", () => this.write("note"));
    byId("quick-open").addEventListener("mousedown", (event) => event.preventDefault());
    byId("quick-open").addEventListener("click", () => this.findQuickReply());
    const talk = byId("talk");
    talk.addEventListener("dragover", (event) => { if (this.thread && [...event.dataTransfer.types].includes("Files")) { event.preventDefault(); talk.classList.add("dropping"); } });
    talk.addEventListener("dragleave", (event) => { if (!talk.contains(event.relatedTarget)) talk.classList.remove("dropping"); });
    talk.addEventListener("drop", (event) => { talk.classList.remove("dropping"); if (!this.thread) return; event.preventDefault(); this.attach(event.dataTransfer.files); });
  }

  /** Write to this conversation from now on. */
  use(thread) {
    this.thread = thread;
    const draft = kept.get("draft", thread.id) || {};
    this.drafts = { reply: draft.reply || "", note: draft.note || "" };
    this.files = draft.files || [];
    this.quick.close();
    this.warn("");
    this.#turn(draft.mode === "note" && draft.note ? "note" : "reply");
    this.allow();
    this.#drawFiles();
  }

  allow() {
    const { may, is_closed: isClosed } = this.thread.head;
    const mayWrite = this.mode === "note" ? may.note : may.reply;
    field.disabled = !mayWrite;
    sendButton.disabled = !mayWrite;
    byId("mode-reply").disabled = !may.reply && !isClosed;
    hint.textContent = !may.note ? say("read_only_hint") : this.mode === "note" ? say("note_hint") : isClosed ? say("closed_hint") : say("reply_hint");
    form.classList.toggle("as-note", this.mode === "note");
    sendButton.textContent = this.mode === "note" ? say("save_note") : say("send");
  }

  #turn(mode) {
    this.mode = mode;
    field.value = this.drafts[mode];
    for (const each of ["reply", "note"]) byId(`mode-${each}`).setAttribute("aria-selected", String(each === mode));
    this.#grow();
  }

  /** Begin to write in a mode, from a shortcut or a click. */
  write(mode) {
    if (!this.thread) return;
    if (mode !== this.mode) { this.drafts[this.mode] = field.value; this.#turn(mode); this.#keep(); }
    this.allow();
    field.focus();
  }

  /** Put a text into the reply: what is there stays before it. */
  insert(text, { replaces = false } = {}) {
    this.write("reply");
    const before = replaces ? "" : field.value.trimEnd();
    field.value = before ? `${before}\n${text}` : text;
    this.#typed({ isOwn: true });
    field.setSelectionRange(field.value.length, field.value.length);
  }

  /** Open the quick replies; in an empty field what is typed next looks for them. */
  findQuickReply() {
    this.write("reply");
    if (!field.value) field.value = "/";
    this.quick.open("");
  }

  warn(text) {
    notice.hidden = !text;
    notice.querySelector("div").textContent = text;
  }

  submit() {
    const text = field.value.trim();
    const ready = this.files.filter((file) => file.id);
    if (!this.thread || field.disabled || (!text && !ready.length)) { field.focus(); return; }
    if (ready.length < this.files.length) { toast(say("uploading"), { tone: "soon" }); return; }
    this.thread.write({ text, files: ready, is_note: this.mode === "note" });
    field.value = "";
    this.files = [];
    this.warn("");
    this.#drawFiles();
    this.#typed({ isOwn: true });
    if (this.mode === "note" && this.thread.head.may.reply) this.#turn("reply");
    this.allow();
    field.focus();
  }

  /** The server did not take it, because there is something new to read: the text comes back. */
  takeBack(one) {
    this.write(one.is_note ? "note" : "reply");
    field.value = field.value.trim() ? `${one.text}\n${field.value}` : one.text;
    this.files = [...one.files, ...this.files];
    this.#drawFiles();
    this.#typed({ isOwn: true });
    this.warn(say("outdated"));
  }

  #pressed(event) {
    // While an input method composes, Enter and the arrows are its own.
    if (event.isComposing || event.keyCode === 229) return;
    if (this.quick.isOpen && this.quick.pressed(event)) return;
    if (event.key === "Enter" && !event.shiftKey && !event.altKey) {
      event.preventDefault();
      this.submit();
    } else if (event.key === "Escape") field.blur();
  }

  #typed({ isOwn = false } = {}) {
    this.drafts[this.mode] = field.value;
    this.#grow();
    this.#keep();
    if (isOwn) { this.quick.close(); return; }
    if (this.mode === "reply") this.quick.typed(field.value);
    if (this.mode === "reply" && Date.now() - this.#typedAt > 2000 && field.value) {
      this.#typedAt = Date.now();
      live.send({ op: "typing", conversation: this.thread.id });
    }
  }

  #keep() {
    const { reply, note } = this.drafts;
    const files = this.files.filter((file) => file.id);
    kept.set("draft", this.thread.id, reply || note || files.length ? { reply, note, files, mode: this.mode } : null);
  }

  #grow() {
    field.style.height = "auto";
    field.style.height = `${Math.min(field.scrollHeight + 2, 220)}px`;
  }

  // --- attachments -----------------------------------------------------------------------------

  attach(files) {
    for (const file of files) {
      if (file.size > MAX_BYTES) toast(say("too_big", { name: file.name }), { tone: "late" });
      else if (this.files.length < 10) this.#upload(file);
    }
  }

  async #upload(file) {
    const entry = { name: file.name, media_type: file.type };
    const { thread } = this;
    this.files.push(entry);
    this.#drawFiles();
    const body = new FormData();
    body.set("file", file, file.name || "image.png");
    const answer = await send(form.dataset.files, { method: "POST", body });
    if (answer.ok) Object.assign(entry, answer.data);
    if (thread !== this.thread) return;
    if (!answer.ok) this.files = this.files.filter((each) => each !== entry);
    this.#drawFiles();
    this.#keep();
  }

  #drawFiles() {
    chips.replaceChildren(...this.files.map((file) => h("li", { class: "chip" },
      file.url && file.media_type.startsWith("image/") ? h("img", { src: file.url, alt: "" }) : icon(file.id ? "paperclip" : "loader-2"),
      h("span", { class: "clip" }, file.name),
      h("button", { type: "button", class: "copy", "aria-label": `${say("remove")} ${file.name}`, onclick: () => { this.files = this.files.filter((each) => each !== file); this.#drawFiles(); this.#keep(); } }, icon("x")))));
  }
}

export const composer = new Composer();
