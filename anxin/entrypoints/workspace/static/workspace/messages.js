// Drawing messages: every word of a person goes in as text.

import { language } from "../ui/words.js";
import { events, h, icon, me, say, zone as timeZone } from "./wire.js";

const time = new Intl.DateTimeFormat(language, { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone });
const day = new Intl.DateTimeFormat(language, { year: "numeric", month: "long", day: "numeric", weekday: "short", timeZone });
const plainDay = new Intl.DateTimeFormat("en-CA", { timeZone });
const keyOfDay = (date) => plainDay.format(date);
const SIGNS = { CNY: "¥", USD: "US$", EUR: "€", GBP: "£", HKD: "HK$", JPY: "JP¥" };

function dayName(date) {
  const today = new Date();
  const yesterday = new Date(today - 86400000);
  if (keyOfDay(date) === keyOfDay(today)) return say("today");
  return keyOfDay(date) === keyOfDay(yesterday) ? say("yesterday") : day.format(date);
}

function money({ amount_minor: minor, currency }) {
  if (minor === undefined) return "";
  const digits = currency === "JPY" ? 0 : 2;
  const amount = new Intl.NumberFormat("en", { minimumFractionDigits: digits, maximumFractionDigits: digits }).format(minor / 10 ** digits);
  return SIGNS[currency] ? `${SIGNS[currency]}${amount}` : `${amount} ${currency}`;
}

/** Draw the list anew: days, runs of one author, events, notes, what waits to be sent. */
export function draw(list, thread) {
  let lastDay = "", lastAuthor = "", lastAt = 0;
  const items = [];
  for (const message of thread.shown) {
    const at = new Date(message.sent_at);
    if (keyOfDay(at) !== lastDay) {
      lastDay = keyOfDay(at);
      lastAuthor = "";
      items.push(h("li", { class: "m-day" }, h("span", {}, dayName(at))));
    }
    if (message.direction === "event") {
      items.push(eventOf(message, at));
      lastAuthor = "";
      continue;
    }
    const author = `${message.direction}:${message.author_id}`;
    const continues = author === lastAuthor && at - lastAt < 300000;
    items.push(bubbleOf(message, at, continues, thread));
    lastAuthor = author;
    lastAt = at;
  }
  reconcile(list, items);
}

// Elements whose content did not change stay, so that selections and pictures are not lost.
function reconcile(list, items) {
  const old = new Map([...list.children].filter((item) => item.dataset.key).map((item) => [item.dataset.key, item]));
  const wanted = items.map((item) => {
    const known = item.dataset.key && old.get(item.dataset.key);
    return known && known.dataset.print === item.dataset.print ? known : item;
  });
  wanted.forEach((item, index) => { if (list.children[index] !== item) list.insertBefore(item, list.children[index] || null); });
  while (list.children.length > wanted.length) list.lastElementChild.remove();
}

function eventOf(message, at) {
  const values = message.event || {};
  const words = (events[values.code] || values.code || "").replace("{number}", values.number || "").replace("{amount}", money(values));
  const content = values.request_id ? h("a", { href: `/workspace/requests/${encodeURIComponent(values.request_id)}/` }, words) : h("span", {}, words);
  return h("li", { class: "m-event", id: `m-${message.seq}`, "data-key": `s${message.seq}`, "data-print": words }, icon("info-circle"), content, h("time", { datetime: message.sent_at, title: at.toLocaleString(language, { timeZone }) }, time.format(at)));
}

function authorOf(message) {
  if (message.author_id === me) return say("me");
  if (message.direction === "in") return message.author_name || say("buyer");
  return message.author_name && message.author_kind !== "system" ? message.author_name : say(message.author_kind === "program" ? "program" : "system");
}

function bubbleOf(message, at, continues, thread) {
  const { direction, pending } = message;
  const isOurs = direction !== "in";
  const status = pending ? statusOf(pending, thread) : isOurs && direction === "out" && message.isLastOut ? h("span", { class: "m-seen" }, message.seq <= thread.customerSeen ? say("seen") : say("unseen")) : null;
  const body = h("div", { class: "m-bubble" });
  if (direction === "note") body.append(h("span", { class: "m-note-tag" }, icon("note"), say("note")));
  if (message.text) body.append(...linked(message.text));
  for (const file of message.attachments || []) body.append(fileOf(file));
  for (const address of message.links || []) body.append(linkOf(address));
  const print = [message.text, message.seq, continues, pending?.state, message.isLastOut, message.seq <= thread.customerSeen, message.isUnseen, (message.attachments || []).length].join("|");
  return h("li", { class: `m m-${direction}${continues ? " m-next" : ""}${pending ? ` m-${pending.state}` : ""}${message.isUnseen ? " m-unseen" : ""}`, id: message.seq ? `m-${message.seq}` : null, "data-key": message.client_id ? `c${message.client_id}` : `s${message.seq}`, "data-print": print },
    continues ? null : h("div", { class: "m-head" }, h("b", {}, authorOf(message)), h("time", { datetime: message.sent_at, title: at.toLocaleString(language, { timeZone }) }, time.format(at))),
    body, status);
}

function statusOf(pending, thread) {
  if (pending.state !== "failed") return h("span", { class: "m-seen" }, pending.state === "waiting" ? say("waiting") : say("sending"));
  return h("span", { class: "m-seen tone-late" }, `${pending.because || say("not_sent")} `,
    h("button", { type: "button", class: "btn btn-sm", onclick: () => thread.again(pending.client_id) }, say("again")),
    h("button", { type: "button", class: "btn btn-sm btn-quiet", onclick: () => thread.drop(pending.client_id) }, say("drop")));
}

function linked(text) {
  return text.split(/(https?:\/\/[^\s<>"'，。！？；）】]+)/).map((part, index) => (index % 2 ? h("a", { href: part, target: "_blank", rel: "noopener noreferrer nofollow" }, part) : part));
}

function fileOf(file) {
  if (file.media_type?.startsWith("image/")) return h("a", { class: "m-photo", href: file.url, target: "_blank", rel: "noopener" }, h("img", { src: file.url, alt: file.name, loading: "lazy" }));
  return h("a", { class: "m-file", href: file.url, target: "_blank", rel: "noopener" }, icon("file"), h("span", { class: "clip" }, file.name || say("file")));
}

function linkOf(address) {
  const isWeb = /^https?:\/\//.test(address);
  return isWeb ? h("a", { class: "m-file", href: address, target: "_blank", rel: "noopener noreferrer nofollow" }, icon("paperclip"), h("span", { class: "clip" }, say("link_file"))) : h("span", { class: "m-file" }, address);
}
