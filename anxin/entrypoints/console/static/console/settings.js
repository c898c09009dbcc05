// A key that was just issued can be seen only now: Escape does not take it away, and once its
// dialog is left, the list is shown with the new key in it.

const isKept = (dialog) => dialog instanceof HTMLDialogElement && dialog.querySelector("[data-once]");

document.addEventListener("cancel", (event) => { if (isKept(event.target)) event.preventDefault(); }, true);
document.addEventListener("close", (event) => { if (isKept(event.target)) location.assign(location.pathname); }, true);

// Without the dialog of the script the answer came as a whole page with the dialog in it.
for (const dialog of document.querySelectorAll("dialog[data-open-now]")) {
  dialog.removeAttribute("open");
  dialog.showModal();
}

// A refused form begins with what is wrong: show that, wherever the dialog was scrolled to.
document.addEventListener("htmx:afterSwap", (event) => {
  if (event.target instanceof HTMLDialogElement) event.target.querySelector("[data-focus]")?.focus();
});
