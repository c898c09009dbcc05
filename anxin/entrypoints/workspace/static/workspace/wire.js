// Talking to the server, the page's own words, and what is kept in this browser for this person.

import { csrfToken } from "../ui/requests.js";
import { say as sayShared } from "../ui/words.js";
import { toast } from "../ui/toast.js";

const data = (id) => JSON.parse(document.getElementById(id)?.textContent || "{}");
const words = data("ws-words");
export const events = data("ws-events");
export const me = document.getElementById("queue")?.dataset.me || "";

/** Return a sentence of the page with its values. */
export function say(key, values = {}) {
  return (words[key] || key).replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

/** The zone of the server's times, so that the whole page has one clock. */
export const zone = words.zone || undefined;

export const byId = (id) => document.getElementById(id);
export const base = "/workspace/conversations/";

/** Make an element; text is always text. */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name === "class") element.className = value;
    else if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

const sprite = document.querySelector("#toast-template")?.content.querySelector("use")?.getAttribute("href").replace(/#.*/, "") || "";

/** Draw an icon of the sprite. */
export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `${sprite}#${name}`);
  svg.append(use);
  return svg;
}

/**
 * Ask the server; resolve to {ok, status, data}. Status 0: it could not be reached. What was refused
 * is shown as a toast unless `quiet`.
 */
export async function send(url, { method = "GET", body = null, quiet = false, signal } = {}) {
  const headers = { "X-Requested-With": "fetch", Accept: "application/json" };
  if (method !== "GET") headers["X-CSRFToken"] = csrfToken();
  if (body && !(body instanceof FormData)) {
    headers["Content-Type"] = "application/json";
    body = JSON.stringify(body);
  }
  let response;
  try {
    response = await fetch(url, { method, body, headers, signal, credentials: "same-origin" });
  } catch (error) {
    if (error.name !== "AbortError" && !quiet) toast(sayShared("unreachable"), { tone: "late" });
    return { ok: false, status: 0, data: null };
  }
  const isJson = (response.headers.get("Content-Type") || "").includes("json");
  const answer = isJson ? await response.json().catch(() => null) : await response.text().catch(() => "");
  const spoken = response.headers.get("X-Message");
  const signIn = response.headers.get("X-Sign-In");
  const refusal = spoken ? decodeURIComponent(spoken) : "";
  if (!response.ok && !quiet) {
    const usual = { 403: "refused", 404: "missing" }[response.status] || "failed";
    toast(refusal || sayShared(usual), { tone: "late", action: signIn ? { text: sayShared("sign_in"), href: signIn } : null });
  }
  return { ok: response.ok, status: response.status, data: answer, refusal };
}

/** Things kept in this browser, apart for each person: drafts and what is still to be sent. */
export const kept = {
  key: (kind, id) => `anxin.${me}.${kind}.${id}`,
  get(kind, id) {
    try { return JSON.parse(localStorage.getItem(this.key(kind, id))); } catch { return null; }
  },
  set(kind, id, value) {
    const key = this.key(kind, id);
    try {
      if (value === null || (Array.isArray(value) && !value.length)) localStorage.removeItem(key);
      else localStorage.setItem(key, JSON.stringify(value));
    } catch { /* full or forbidden: the page works without */ }
  },
  ids(kind) {
    const start = this.key(kind, "");
    return Object.keys(localStorage).filter((key) => key.startsWith(start)).map((key) => key.slice(start.length));
  },
};

export const newId = () => (crypto.randomUUID ? crypto.randomUUID() : `${Date.now()}-${Math.random().toString(36).slice(2)}`);

/** Return how long somebody has waited, in words and tone. */
export function waited(iso) {
  const seconds = Math.max(0, Math.floor((Date.now() - Date.parse(iso)) / 1000));
  const tone = seconds >= 600 ? "late" : seconds >= 180 ? "soon" : "good";
  if (seconds < 60) return { tone, text: say("wait_now") };
  if (seconds < 3600) return { tone, text: say("wait_minutes", { count: Math.floor(seconds / 60) }) };
  if (seconds < 172800) return { tone, text: say("wait_hours", { count: Math.floor(seconds / 3600) }) };
  return { tone, text: say("wait_days", { count: Math.floor(seconds / 86400) }) };
}
