// The chat button of a shop's page. Everything of the conversation happens in a frame of our own
// origin; the page and the frame speak by postMessage, each checking who the other is.
(() => {
  "use strict";
  const store = __STORE__;
  const script = document.currentScript || document.querySelector(`script[src*="/widget/${store.store}.js"]`);
  if (!script || window.anxin?.store === store.store) return;
  const home = new URL(script.src, location.href).origin;
  const set = script.dataset;
  const language = set.lang || document.documentElement.lang || navigator.language || "zh";
  const isChinese = /^zh/i.test(language);
  const words = isChinese
    ? { open: "联系客服", close: "收起对话", name: `${store.name} 客服`, unread: "条新消息" }
    : { open: "Chat with us", close: "Close chat", name: `${store.name} support`, unread: "new messages" };
  const accent = /^#[0-9a-f]{6}$/i.test(set.color || "") ? set.color : "#2a56c6";
  const side = set.side === "left" ? "left" : "right";
  const keep = (area, key, value) => {
    try { if (value === undefined) return area.getItem(key); if (value === null) area.removeItem(key); else area.setItem(key, value); } catch { /* the page forbids it */ }
    return null;
  };
  const KNOWN = `anxin.${store.store}.known`, OPEN = `anxin.${store.store}.open`;
  let identity = set.token || "", frame = null, isOpen = false, isReady = false, unread = 0;

  const host = document.createElement("div");
  host.setAttribute("data-anxin-widget", store.store);
  const root = host.attachShadow({ mode: "open" });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`
    :host { all: initial; }
    .button, .panel { position: fixed; z-index: 2147483000; ${side}: max(16px, env(safe-area-inset-${side})); font: 15px/1.4 -apple-system, "Segoe UI", Roboto, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif; }
    .button { bottom: max(16px, env(safe-area-inset-bottom)); display: inline-flex; align-items: center; gap: 8px; height: 52px; padding: 0 20px 0 16px; border: 0; border-radius: 26px; background: ${accent}; color: #fff; box-shadow: 0 6px 20px rgb(16 24 40 / 28%); cursor: pointer; }
    .button:hover { filter: brightness(1.08); }
    .button:focus-visible { outline: 3px solid ${accent}; outline-offset: 3px; }
    .button svg { width: 24px; height: 24px; fill: none; stroke: currentcolor; stroke-width: 2; stroke-linecap: round; stroke-linejoin: round; }
    .badge { position: absolute; top: -6px; ${side === "left" ? "left" : "right"}: -4px; min-width: 22px; padding: 0 6px; box-sizing: border-box; border-radius: 11px; background: #b8242c; color: #fff; font-size: 13px; line-height: 22px; text-align: center; }
    .badge[hidden], .panel[hidden], .button[hidden] { display: none; }
    .panel { bottom: max(16px, env(safe-area-inset-bottom)); width: 392px; height: min(640px, calc(100vh - 32px)); height: min(640px, calc(100dvh - 32px)); border-radius: 14px; overflow: hidden; background: #fff; box-shadow: 0 12px 48px rgb(16 24 40 / 30%); }
    iframe { display: block; width: 100%; height: 100%; border: 0; color-scheme: normal; }
    @media (max-width: 640px) { .panel { inset: 0; width: auto; height: auto; border-radius: 0; } }
    @media (prefers-reduced-motion: no-preference) { .panel { animation: up 160ms ease-out; } @keyframes up { from { transform: translateY(12px); opacity: 0; } } }
  `);
  root.adoptedStyleSheets = [sheet];

  const button = document.createElement("button");
  button.type = "button";
  button.className = "button";
  button.setAttribute("aria-haspopup", "dialog");
  button.setAttribute("aria-expanded", "false");
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", "M8 9h8M8 13h6M18 4a3 3 0 0 1 3 3v8a3 3 0 0 1-3 3h-5l-5 3v-3H6a3 3 0 0 1-3-3V7a3 3 0 0 1 3-3h12z");
  svg.append(path);
  const label = document.createElement("span");
  label.textContent = words.open;
  const badge = document.createElement("span");
  badge.className = "badge";
  badge.hidden = true;
  badge.setAttribute("role", "status");
  button.append(svg, label, badge);

  const panel = document.createElement("div");
  panel.className = "panel";
  panel.setAttribute("role", "dialog");
  panel.setAttribute("aria-label", words.name);
  panel.hidden = true;
  root.append(button, panel);

  const tell = (message) => { if (isReady) frame.contentWindow.postMessage(message, home); };

  function load() {
    if (frame) return;
    frame = document.createElement("iframe");
    frame.title = words.name;
    frame.allow = "clipboard-write";
    const query = new URLSearchParams({ origin: location.origin, lang: isChinese ? "zh" : "en", theme: set.theme || "auto" });
    frame.src = `${home}/widget/${store.store}/frame/?${query}`;
    panel.append(frame);
  }

  function show(count) {
    unread = count;
    badge.hidden = !count;
    badge.textContent = count > 99 ? "99+" : String(count || "");
    button.setAttribute("aria-label", count ? `${words.open}, ${count} ${words.unread}` : words.open);
  }

  function open(byHand = true) {
    load();
    isOpen = true;
    panel.hidden = false;
    button.hidden = true;
    button.setAttribute("aria-expanded", "true");
    if (matchMedia("(max-width: 640px)").matches) document.documentElement.style.overflow = "hidden";
    keep(sessionStorage, OPEN, "1");
    show(0);
    tell({ type: "anxin:open", focus: byHand });
    if (byHand) frame.focus();
  }

  function close() {
    if (!isOpen) return;
    isOpen = false;
    panel.hidden = true;
    button.hidden = false;
    button.setAttribute("aria-expanded", "false");
    document.documentElement.style.overflow = "";
    keep(sessionStorage, OPEN, null);
    tell({ type: "anxin:closed" });
    button.focus();
  }

  button.addEventListener("click", () => open());
  document.addEventListener("keydown", (event) => { if (event.key === "Escape" && isOpen) close(); });
  window.addEventListener("message", (event) => {
    if (event.origin !== home || !frame || event.source !== frame.contentWindow) return;
    const { type, count } = event.data || {};
    if (type === "anxin:ready") {
      isReady = true;
      tell({ type: "anxin:start", identity, isOpen });
    } else if (type === "anxin:close") close();
    else if (type === "anxin:known") keep(localStorage, KNOWN, "1");
    else if (type === "anxin:unread" && !isOpen) show(Number(count) || 0);
  });

  function start() {
    document.body.append(host);
    show(0);
    if (keep(sessionStorage, OPEN)) open(false);
    // Who has written before hears of answers without opening the panel.
    else if (keep(localStorage, KNOWN)) load();
  }
  window.anxin = {
    store: store.store,
    open: () => open(),
    close,
    /** Say who the buyer is after he signed in to the shop, or "" after he left. */
    identify(token) { identity = token || ""; tell({ type: "anxin:identity", identity }); },
  };
  if (document.body) start(); else document.addEventListener("DOMContentLoaded", start);
})();
