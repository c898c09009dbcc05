// Relative times and time left stay true while the page is open.

import { language, say } from "./words.js";

const MINUTE = 60, HOUR = 3600, DAY = 86400;
const units = (unit) => new Intl.NumberFormat(language, { style: "unit", unit, unitDisplay: "long" });
const formats = { minute: units("minute"), hour: units("hour"), day: units("day") };
const isChinese = language.startsWith("zh");

/** Return "3 分钟" / "3 minutes": the largest unit, rounded down, as the server spells it. */
export function spell(seconds) {
  if (seconds < HOUR) return tidy(formats.minute.format(Math.max(1, Math.floor(seconds / MINUTE))));
  if (seconds < 2 * DAY) return tidy(formats.hour.format(Math.floor(seconds / HOUR)));
  return tidy(formats.day.format(Math.floor(seconds / DAY)));
}

const tidy = (text) => (isChinese ? text.replace(/(\d)\s*([^\d\s])/, "$1 $2") : text);

function ago(seconds) {
  if (Math.abs(seconds) < 45) return say(seconds >= 0 ? "just_now" : "soon");
  return say(seconds > 0 ? "ago" : "ahead", { span: spell(Math.abs(seconds)) });
}

export function freshen(root = document) {
  const now = Date.now();
  for (const time of root.querySelectorAll("time[data-relative]")) {
    const text = ago(Math.floor((now - Date.parse(time.dateTime)) / 1000));
    if (time.textContent !== text) time.textContent = text;
  }
  for (const box of root.querySelectorAll("[data-deadline]")) freshenDeadline(box, now);
}

function freshenDeadline(box, now) {
  const left = Math.floor((Date.parse(box.dataset.deadline) - now) / 1000);
  const whole = Number(box.dataset.whole);
  const tone = left < 0 ? "late" : left * 4 <= whole ? "soon" : "good";
  const icon = { late: "alert-circle", soon: "clock", good: "circle-check" }[tone];
  box.querySelector("time").textContent = say(left >= 0 ? "left" : "late", { span: spell(Math.abs(left)) });
  const bar = box.querySelector("progress");
  bar.value = Math.max(0, Math.min(left, whole));
  for (const element of [box, bar]) {
    element.classList.remove("tone-good", "tone-soon", "tone-late");
    element.classList.add(`tone-${tone}`);
  }
  const use = box.querySelector("use");
  if (!use.getAttribute("href").endsWith(`#${icon}`)) use.setAttribute("href", use.getAttribute("href").replace(/#.*/, `#${icon}`));
}

setInterval(() => { if (!document.hidden) freshen(); }, 15000);
document.addEventListener("visibilitychange", () => { if (!document.hidden) freshen(); });
