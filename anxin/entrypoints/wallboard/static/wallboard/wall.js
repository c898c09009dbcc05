// The wall: told by the open line that something changed, it fetches the figures at once, at most
// once a second; without the line it asks every other second. What it cannot renew it marks stale.

import { live } from "../ui/live.js";
import { ask } from "../ui/requests.js";
import { draw } from "../ui/charts.js";

const TELL_PAUSE_MS = 800;
const POLL_MS = 2000;
// Waits and clocks grow without any news.
const TICK_MS = 5000;
const HISTORY_MS = 60000;
const STALE_MS = 8000;

const figures = document.getElementById("figures");
const charts = document.getElementById("charts");
const alarm = document.getElementById("alarm");
const asOf = document.getElementById("as-of");
const asOfName = document.getElementById("as-of-name");

let freshAt = Date.now();
let isAsking = false;
let isWanted = false;

const put = (element, text) => { if (element && element.textContent !== text) element.textContent = text; };

function link(element, href) {
  if (href) { if (element.getAttribute("href") !== href) element.setAttribute("href", href); } else element.removeAttribute("href");
}

function tone(element, prefix, name) {
  for (const old of [...element.classList]) if (old.startsWith(prefix)) element.classList.remove(old);
  element.classList.add(prefix + name);
}

function show(answer) {
  for (const card of answer.cards) {
    const element = figures.querySelector(`[data-figure="${card.key}"]`);
    put(element.querySelector("[data-value]"), card.value);
    put(element.querySelector("[data-under]"), card.under);
    tone(element, "tone-edge-", card.tone);
    link(element, card.href);
  }
  for (const state of answer.states) {
    const element = document.querySelector(`[data-state="${state.key}"]`);
    put(element.querySelector("b"), state.value);
    link(element, state.href);
  }
  put(alarm.querySelector("[data-text]"), answer.warning.text);
  tone(alarm, "tone-", answer.warning.tone);
  alarm.dataset.tone = answer.warning.tone;
  link(alarm, answer.warning.href);
  put(asOf, answer.clock);
  asOf.dateTime = answer.at;
  if (!answer.is_empty) document.getElementById("wall-empty")?.remove();
}

async function renew() {
  if (isAsking) { isWanted = true; return; }
  isAsking = true;
  isWanted = false;
  const response = await ask(figures.dataset.url, { quiet: true, signal: AbortSignal.timeout(10000) });
  if (response) {
    show(await response.json());
    freshAt = Date.now();
  }
  mark();
  setTimeout(() => { isAsking = false; if (isWanted) renew(); }, TELL_PAUSE_MS);
}

function mark() {
  const isStale = Date.now() - freshAt > STALE_MS;
  document.body.classList.toggle("stale", isStale);
  put(asOfName, isStale ? asOfName.dataset.stale : asOfName.dataset.fresh);
}

function drawAll(answer) {
  for (const [key, chart] of Object.entries(answer)) {
    const card = charts.querySelector(`[data-chart-key="${key}"]`);
    const element = card.querySelector(".chart");
    card.querySelector("[data-empty]").hidden = !chart.is_empty;
    element.hidden = chart.is_empty;
    if (chart.is_empty) continue;
    const series = [
      { name: chart.before_name, data: chart.before, before: true },
      { name: chart.now_name, data: chart.now },
    ];
    draw(element, { x: chart.labels, series, kind: chart.kind, target: chart.target, unit: chart.unit, isNamed: false });
  }
}

function tabulate(answer) {
  for (const [key, chart] of Object.entries(answer)) {
    const body = charts.querySelector(`[data-chart-key="${key}"] tbody`);
    body.replaceChildren(...chart.rows.map((row) => {
      const line = document.createElement("tr");
      for (const [index, text] of [row.label, row.now, row.before].entries()) {
        const cell = line.insertCell();
        cell.textContent = text;
        if (index) cell.className = "num";
      }
      return line;
    }));
  }
}

async function renewHistory() {
  const response = await ask(charts.dataset.url, { quiet: true });
  if (!response) return;
  const answer = await response.json();
  drawAll(answer);
  tabulate(answer);
}

drawAll(JSON.parse(document.getElementById("wall-charts").textContent));
live.subscribe("wallboard", { onmessage: renew, onback: () => { renew(); renewHistory(); } });
setInterval(() => { if (!live.isOpen) renew(); mark(); }, POLL_MS);
setInterval(() => { if (!document.hidden) renew(); }, TICK_MS);
setInterval(() => { if (!document.hidden) renewHistory(); }, HISTORY_MS);
document.addEventListener("visibilitychange", () => { if (!document.hidden) renew(); });

const button = document.getElementById("full-screen");
if (!document.documentElement.requestFullscreen) button.hidden = true;
button.addEventListener("click", () => (document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen()));
