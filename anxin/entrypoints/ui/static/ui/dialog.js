// Native dialogs and menus: <button data-dialog-open="#id">, <button data-dialog-close>, <details data-menu>.

/** Open a dialog element and put the focus into it. */
export function openDialog(dialog) {
  if (!dialog.open) dialog.showModal();
}

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-dialog-open]");
  if (opener) {
    const dialog = document.querySelector(opener.dataset.dialogOpen);
    if (dialog) openDialog(dialog);
  }
  if (event.target.closest("[data-dialog-close]")) event.target.closest("dialog")?.close();
  // A click on the backdrop has the dialog itself as its target.
  if (event.target instanceof HTMLDialogElement && event.target.dataset.stay === undefined) event.target.close();
  for (const menu of document.querySelectorAll("details[data-menu][open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
  if (event.target.closest("[data-back]")) history.back();
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of document.querySelectorAll("details[data-menu][open]")) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});
for (const element of document.querySelectorAll("[data-focus]")) element.focus();
