// Talking to the server: the CSRF token, refusals in words, an expired session.

import { say } from "./words.js";
import { toast } from "./toast.js";

/** The token of the session as it is now: it changes when one signs in again in another tab. */
export function csrfToken() {
  const cookie = document.cookie.match(/(?:^|; )csrftoken=([^;]+)/);
  if (cookie) return decodeURIComponent(cookie[1]);
  return document.querySelector("input[name=csrfmiddlewaretoken]")?.value || "";
}

/** fetch() with token and with refusals shown; resolves to the response, or null after a refusal. */
export async function ask(url, { method = "GET", body = null, headers = {}, signal, quiet = false } = {}) {
  const sent = { "X-Requested-With": "fetch", Accept: "application/json", ...headers };
  if (method !== "GET") sent["X-CSRFToken"] = csrfToken();
  if (body && !(body instanceof FormData) && typeof body !== "string") {
    sent["Content-Type"] = "application/json";
    body = JSON.stringify(body);
  }
  let response;
  try {
    response = await fetch(url, { method, body, headers: sent, signal, credentials: "same-origin" });
  } catch (error) {
    if (error.name !== "AbortError" && !quiet) toast(say("unreachable"), { tone: "late" });
    return null;
  }
  if (response.ok) return response;
  if (!quiet) showRefusal(response.status, (name) => response.headers.get(name));
  return null;
}

function showRefusal(status, header) {
  const signIn = header("X-Sign-In");
  if (status === 419 || signIn) {
    toast(say("expired"), { tone: "late", action: signIn ? { text: say("sign_in"), href: signIn } : null });
    return;
  }
  const spoken = header("X-Message");
  const usual = { 403: "refused", 404: "missing" }[status] || "failed";
  toast(spoken ? decodeURIComponent(spoken) : say(usual), { tone: "late" });
}

document.addEventListener("htmx:configRequest", (event) => {
  if (event.detail.verb === "get") return;
  const token = csrfToken();
  const { formData, headers } = event.detail;
  headers["X-CSRFToken"] = token;
  // Django reads the form's own field first, and that one is as old as the page.
  if (formData?.has("csrfmiddlewaretoken")) formData.set("csrfmiddlewaretoken", token);
});
document.addEventListener("htmx:responseError", (event) => {
  const { xhr } = event.detail;
  showRefusal(xhr.status, (name) => xhr.getResponseHeader(name));
});
document.addEventListener("htmx:sendError", () => toast(say("unreachable"), { tone: "late" }));
document.addEventListener("htmx:timeout", () => toast(say("too_slow"), { tone: "late" }));
// The server may say something on any answer: HX-Trigger: {"say": {"text": …, "tone": …}}.
document.addEventListener("say", (event) => toast(event.detail.text, { tone: event.detail.tone || "good" }));

// A plain form posts the token of the page; freshen it, and refuse the second click.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post") return;
  const hidden = form.querySelector("input[name=csrfmiddlewaretoken]");
  if (hidden) hidden.value = csrfToken() || hidden.value;
  if (form.hasAttribute("hx-post") || form.target === "_blank") return;
  if (form.dataset.sent) { event.preventDefault(); return; }
  form.dataset.sent = "1";
  event.submitter?.setAttribute("data-busy", "");
});
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
  for (const button of document.querySelectorAll("[data-busy]")) button.removeAttribute("data-busy");
});
