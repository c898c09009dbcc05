// The pages of requests: filters that apply at once, and one request that stays true.

import { live } from "../ui/live.js";
import { ask } from "../ui/requests.js";
import { shortcuts, isTyping } from "../ui/keyboard.js";
import { freshen } from "../ui/time.js";

for (const form of document.querySelectorAll("form[data-auto-submit]")) {
  form.addEventListener("change", (event) => { if (event.target.matches("select")) form.requestSubmit(); });
}

const rows = () => [...document.querySelectorAll("tr[data-row]")];
let at = -1;
function move(step) {
  const all = rows();
  if (!all.length) return;
  at = Math.max(0, Math.min(all.length - 1, at + step));
  all.forEach((row, index) => row.setAttribute("aria-selected", String(index === at)));
  all[at].querySelector("a").focus();
}
if (rows().length) shortcuts([{ keys: "j", run: () => move(1) }, { keys: "k", run: () => move(-1) }]);

const body = document.getElementById("request-body");
if (body) {
  let timer = null;
  const refresh = () => {
    clearTimeout(timer);
    timer = setTimeout(async () => {
      // Somebody who writes an answer is not disturbed: what he sends on an old state is refused.
      const isWriting = [...body.querySelectorAll("textarea, input[name=amount]")].some((each) => each.value !== each.defaultValue) || isTyping({ target: document.activeElement });
      if (isWriting) return;
      const response = await ask(location.pathname, { headers: { Accept: "text/html" }, quiet: true });
      if (!response) return;
      body.innerHTML = await response.text(); // rendered and escaped by the server
      freshen(body);
    }, 300);
  };
  live.subscribe(`request:${body.dataset.request}`, { onmessage: (event) => { if (event.type === "changed" || event.type === "resync") refresh(); }, onback: refresh });
}
