// A short tone for new messages, where the agent has asked for it; this browser remembers.

import { byId, kept } from "./wire.js";

const button = byId("sound");
let isOn = kept.get("sound", "on") === true, context = null, last = 0;

function draw() { button.setAttribute("aria-pressed", String(isOn)); }

/** Sound once, at most every two seconds. */
export function ring() {
  if (!isOn || Date.now() - last < 2000) return;
  last = Date.now();
  try {
    context ||= new AudioContext();
    const tone = context.createOscillator(), volume = context.createGain(), now = context.currentTime;
    tone.frequency.setValueAtTime(880, now);
    tone.frequency.setValueAtTime(1175, now + 0.09);
    volume.gain.setValueAtTime(0.08, now);
    volume.gain.exponentialRampToValueAtTime(0.001, now + 0.28);
    tone.connect(volume).connect(context.destination);
    tone.start(now);
    tone.stop(now + 0.3);
  } catch { /* a browser without sound is silent */ }
}

button.addEventListener("click", () => {
  isOn = !isOn;
  kept.set("sound", "on", isOn || null);
  draw();
  last = 0;
  ring();
});
draw();
