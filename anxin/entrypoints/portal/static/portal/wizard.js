// The request wizard: steppers for units, photos that were uploaded before, waiting for uploads.

for (const box of document.querySelectorAll("[data-stepper]")) {
  const input = box.querySelector("input");
  const [less, more] = box.querySelectorAll("button");
  const refresh = () => {
    const units = Number(input.value) || 0;
    less.disabled = units <= 0;
    more.disabled = units >= Number(input.max);
    box.closest(".pick-line").classList.toggle("picked", units > 0);
  };
  box.addEventListener("click", (event) => {
    const button = event.target.closest("[data-step]");
    if (!button) return;
    const wanted = (Number(input.value) || 0) + Number(button.dataset.step);
    input.value = Math.max(0, Math.min(Number(input.max), wanted));
    refresh();
  });
  input.addEventListener("input", refresh);
  refresh();
}

document.addEventListener("click", (event) => {
  event.target.closest("[data-remove]")?.closest("li").remove();
});

// A step is not left while a photo is still travelling.
document.addEventListener("upload:changed", (event) => {
  const button = event.target.closest("form")?.querySelector(".sticky-actions [type=submit]");
  if (button) button.disabled = event.detail.isBusy;
});
