// What was typed is not lost: kept for the tab (sessionStorage) when a form is sent and the answer
// is a sign-in page, and while typing in forms that ask for it (data-draft="key").

import { say } from "./words.js";
import { toast } from "./toast.js";

const SENT = "anxin.sent";
const AUTOSAVE = "anxin.draft.";

function textOf(form) {
  const fields = {};
  for (const field of form.elements) {
    if (!field.name || field.type === "password" || field.type === "file" || field.type === "hidden") continue;
    if (field.name === "csrfmiddlewaretoken" || field.tagName === "BUTTON") continue;
    if (field.type === "checkbox" || field.type === "radio") {
      if (field.checked) (fields[field.name] ||= []).push(field.value);
    } else if (field.value) fields[field.name] = field.value;
  }
  return fields;
}

function fill(form, fields) {
  for (const [name, value] of Object.entries(fields)) {
    for (const field of form.elements) {
      if (field.name !== name) continue;
      if (field.type === "checkbox" || field.type === "radio") field.checked = value.includes(field.value);
      else if (!field.readOnly && typeof value === "string") field.value = value;
      field.dispatchEvent(new Event("input", { bubbles: true }));
    }
  }
}

const keyOf = (form) => form.id || form.getAttribute("action") || "";

function read(key) {
  try { return JSON.parse(sessionStorage.getItem(key)); } catch { return null; }
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || form.hasAttribute("data-no-draft") || form.querySelector("[type=password]")) return;
  const fields = textOf(form);
  if (!Object.keys(fields).length) return;
  sessionStorage.setItem(SENT, JSON.stringify({ path: location.pathname, form: keyOf(form), fields, isLost: false }));
});

function lookBack() {
  const sent = read(SENT);
  if (!sent) return;
  if (document.body.hasAttribute("data-keeps-drafts")) {
    sessionStorage.setItem(SENT, JSON.stringify({ ...sent, isLost: true }));
    return;
  }
  if (sent.isLost && sent.path !== location.pathname) return; // still on the way back
  sessionStorage.removeItem(SENT);
  if (!sent.isLost) return;
  const form = [...document.forms].find((each) => keyOf(each) === sent.form);
  if (!form) return;
  fill(form, sent.fields);
  toast(say("restored"), { tone: "ours" });
}

/** Forget the autosaved draft `key`, once its text has arrived. */
export function forgetDraft(key) {
  sessionStorage.removeItem(AUTOSAVE + key);
}

/** Keep what is typed into `form` under `key`, and put back what was kept. */
export function keepDraft(form, key) {
  const kept = read(AUTOSAVE + key);
  if (kept) fill(form, kept);
  let timer = null;
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => sessionStorage.setItem(AUTOSAVE + key, JSON.stringify(textOf(form))), 300);
  });
  form.addEventListener("reset", () => { clearTimeout(timer); forgetDraft(key); });
  form.addEventListener("htmx:afterRequest", (event) => {
    if (event.detail.successful && event.detail.elt === form) { clearTimeout(timer); forgetDraft(key); }
  });
}

lookBack();
for (const form of document.querySelectorAll("form[data-draft]")) keepDraft(form, form.dataset.draft);
document.addEventListener("htmx:load", (event) => {
  const forms = event.detail.elt.matches?.("form[data-draft]") ? [event.detail.elt] : event.detail.elt.querySelectorAll?.("form[data-draft]") || [];
  for (const form of forms) if (!form.dataset.kept) { form.dataset.kept = "1"; keepDraft(form, form.dataset.draft); }
});
