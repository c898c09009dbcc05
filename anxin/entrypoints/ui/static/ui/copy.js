// One-tap copy: <button data-copy="AS261124000123">.

import { say } from "./words.js";
import { toast } from "./toast.js";

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  event.preventDefault();
  if (await copy(button.dataset.copy)) {
    button.classList.add("copied");
    setTimeout(() => button.classList.remove("copied"), 1500);
    toast(say("copied"), { seconds: 1.5 });
  } else {
    toast(say("not_copied"), { tone: "soon" });
  }
});

/** Put text on the clipboard; return whether it worked. Plain http has no clipboard of its own. */
export async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const area = document.createElement("textarea");
    area.value = text;
    area.className = "visually-hidden";
    document.body.append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    return done;
  }
}
