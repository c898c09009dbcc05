// The station's scripts: steppers that keep the sum, a field that always has the scanner, a loud no.

// A hand scanner types; whatever it types belongs into the scan field.
const scan = document.querySelector("form.scan input[name=number]");
if (scan) {
  scan.select();
  document.addEventListener("keydown", (event) => {
    const inField = event.target instanceof Element && event.target.closest("input, textarea, select");
    if (!inField && event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey) scan.focus();
  });
}

// Taking a unit from one counter gives it to "accepted", so that the sum stays what was expected.
for (const goods of document.querySelectorAll("[data-expected]")) {
  const count = (name) => goods.querySelector(`[data-count="${name}"]`);
  const value = (name) => Number.parseInt(count(name).value, 10) || 0;
  const settle = () => {
    const rest = Number(goods.dataset.expected) - value("rejected") - value("missing");
    count("accepted").value = String(Math.max(0, rest));
    if (value("rejected") > 0) goods.querySelector("[data-problem]").open = true;
  };
  goods.addEventListener("click", (event) => {
    const button = event.target.closest("[data-step]");
    if (!button) return;
    const input = button.parentElement.querySelector("[data-count]");
    input.value = String(Math.max(0, (Number.parseInt(input.value, 10) || 0) + Number(button.dataset.step)));
    if (input.dataset.count === "rejected" || input.dataset.count === "missing") settle();
  });
  goods.addEventListener("change", (event) => {
    const name = event.target.dataset?.count;
    if (name === "rejected" || name === "missing") settle();
  });
  if (value("rejected") > 0) goods.querySelector("[data-problem]").open = true;
}

// Loud when wrong: two short tones and a buzz, where the device allows it.
if (document.querySelector("[data-loud]")) {
  navigator.vibrate?.([120, 60, 120]);
  try {
    const audio = new AudioContext();
    for (const start of [0, 0.22]) {
      const tone = audio.createOscillator();
      tone.frequency.value = 330;
      tone.connect(audio.destination);
      tone.start(audio.currentTime + start);
      tone.stop(audio.currentTime + start + 0.14);
    }
  } catch { /* no sound without a touch first; the page says it too */ }
}
