// The chosen file's name in the drop frame, and the frame's look while a file hovers over it.
for (const frame of document.querySelectorAll(".file-drop")) {
  const input = frame.querySelector("input[type=file]"), name = frame.querySelector("[data-file-name]");
  input.addEventListener("change", () => { if (input.files.length) name.textContent = input.files[0].name; });
  for (const type of ["dragenter", "dragover"]) input.addEventListener(type, () => frame.classList.add("over"));
  for (const type of ["dragleave", "drop"]) input.addEventListener(type, () => frame.classList.remove("over"));
}
