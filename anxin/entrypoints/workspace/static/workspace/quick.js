// Quick replies: `/`, then shortcut, title, words or pinyin initials.

import { base, byId, h, say, send } from "./wire.js";

const box = byId("quick");
const SHOWN = 8;
// The first character of each initial in the order of pinyin; a browser sorts Chinese by it.
const FIRSTS = "阿八嚓哒妸发旮哈讥咔垃痳拏噢妑七呥扨它穵夕丫帀", LETTERS = "abcdefghjklmnopqrstwxyz";
const byPinyin = new Intl.Collator("zh-Hans-CN-u-co-pinyin");

function initialOf(char) {
  if (!/[\u3400-\u9fff]/.test(char)) return /[a-z0-9]/i.test(char) ? char.toLowerCase() : "";
  let letter = "";
  for (let index = 0; index < FIRSTS.length && byPinyin.compare(FIRSTS[index], char) <= 0; index++) letter = LETTERS[index];
  return letter;
}

/** Return the pinyin initials of a text: "退货运费" → "thyf". */
export const initials = (text) => [...text].map(initialOf).join("");

export class QuickReplies {
  isOpen = false;
  #all = null;
  #found = [];
  #at = 0;

  constructor(composer) {
    this.composer = composer;
    box.addEventListener("mousedown", (event) => event.preventDefault());
    box.addEventListener("click", (event) => { const item = event.target.closest("[data-at]"); if (item) this.#pick(Number(item.dataset.at)); });
    byId("composer-text").addEventListener("blur", () => this.close());
  }

  async #load() {
    if (this.#all) return;
    const answer = await send(byId("composer").dataset.quick, { quiet: true });
    this.#all = (answer.data?.replies || []).map((one) => ({ ...one, initials: `${initials(one.title)} ${initials(one.text.slice(0, 60))}` }));
  }

  typed(text) {
    if (/^\/\S*$/.test(text)) this.open(text.slice(1));
    else if (this.isOpen) this.close();
  }

  async open(wanted) {
    this.isOpen = true;
    await this.#load();
    if (!this.isOpen) return;
    const words = wanted.toLowerCase();
    const rank = (one) => (one.shortcut.toLowerCase().startsWith(words) ? 0 : one.title.toLowerCase().includes(words) ? 1 : one.initials.startsWith(words) ? 2 : one.initials.includes(words) ? 3 : one.text.toLowerCase().includes(words) ? 4 : 9);
    this.#found = this.#all.map((one) => ({ one, rank: words ? rank(one) : 0 })).filter((each) => each.rank < 9).sort((a, b) => a.rank - b.rank).map((each) => each.one).slice(0, SHOWN);
    this.#at = 0;
    this.#draw();
  }

  close() {
    this.isOpen = false;
    box.hidden = true;
    byId("composer-text").removeAttribute("aria-activedescendant");
  }

  /** Take a key; return whether it was one of the list. */
  pressed(event) {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      this.#at = (this.#at + (event.key === "ArrowDown" ? 1 : -1) + this.#found.length) % (this.#found.length || 1);
      this.#draw();
    } else if ((event.key === "Enter" && !event.shiftKey) || event.key === "Tab") {
      if (!this.#found.length) { this.close(); return false; }
      this.#pick(this.#at);
    } else if (event.key === "Escape") this.close();
    else return false;
    event.preventDefault();
    event.stopPropagation();
    return true;
  }

  async #pick(at) {
    const one = this.#found[at];
    this.close();
    const answer = await send(`${base}${this.composer.thread.id}/quick-reply/`, { method: "POST", body: { id: one.id } });
    const isCommand = /^\/\S*$/.test(byId("composer-text").value);
    if (answer.ok) this.composer.insert(answer.data.text, { replaces: isCommand });
  }

  #draw() {
    box.hidden = false;
    box.replaceChildren(...(this.#found.length ? this.#found.map((one, at) => h("div", { role: "option", id: `quick-${at}`, "data-at": at, "aria-selected": String(at === this.#at), class: "quick-item" }, h("kbd", {}, `/${one.shortcut}`), h("b", {}, one.title), h("span", { class: "clip text-secondary" }, one.text))) : [h("p", { class: "text-secondary" }, say("no_quick"))]));
    byId("composer-text").setAttribute("aria-activedescendant", `quick-${this.#at}`);
    box.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest" });
  }
}
