// Photos and files: choose, drop or paste; checked for size and type before they travel, with
// progress. <div data-upload="/url" data-name="photos" data-limit-mb data-limit-count>, see
// ui/components/upload.html. The server answers each file with {"id", "url"}.

import { say } from "./words.js";
import { toast } from "./toast.js";
import { csrfToken } from "./requests.js";

class Upload {
  constructor(box) {
    this.box = box;
    this.list = box.querySelector(".photos");
    this.input = box.querySelector("input[type=file]");
    this.drop = box.querySelector(".drop");
    this.input.addEventListener("change", () => { this.add(this.input.files); this.input.value = ""; });
    for (const type of ["dragover", "dragleave", "drop"]) this.drop.addEventListener(type, (event) => this.dragged(event));
    document.addEventListener("paste", (event) => this.pasted(event));
  }

  dragged(event) {
    event.preventDefault();
    this.drop.classList.toggle("over", event.type === "dragover");
    if (event.type === "drop") this.add(event.dataTransfer.files);
  }

  pasted(event) {
    if (!this.box.isConnected || !event.clipboardData.files.length) return;
    event.preventDefault();
    this.add(event.clipboardData.files);
  }

  add(files) {
    for (const file of files) if (this.fits(file)) this.send(file);
  }

  fits(file) {
    const limit = Number(this.box.dataset.limitMb), count = Number(this.box.dataset.limitCount);
    const accepted = this.input.accept.split(",").map((each) => each.trim()).filter(Boolean);
    const isKnown = !accepted.length || accepted.some((each) => file.type === each || (each.endsWith("/*") && file.type.startsWith(each.slice(0, -1))) || (each.startsWith(".") && file.name.toLowerCase().endsWith(each)));
    let wrong = "";
    if (!isKnown) wrong = say("wrong_type", { name: file.name });
    else if (file.size > limit * 1024 * 1024) wrong = say("too_big", { name: file.name, limit });
    else if (this.list.children.length >= count) wrong = say("too_many", { count });
    if (wrong) toast(wrong, { tone: "late" });
    return !wrong;
  }

  send(file) {
    const item = this.itemOf(file);
    const bar = item.querySelector("progress");
    const request = new XMLHttpRequest();
    const body = new FormData();
    body.set("file", file);
    request.open("POST", this.box.dataset.upload);
    request.setRequestHeader("X-CSRFToken", csrfToken());
    request.setRequestHeader("X-Requested-With", "fetch");
    request.upload.addEventListener("progress", (event) => { bar.max = event.total; bar.value = event.loaded; });
    request.addEventListener("loadend", () => {
      this.box.dispatchEvent(new CustomEvent("upload:end", { bubbles: true }));
      if (request.status >= 200 && request.status < 300) this.done(item, bar, JSON.parse(request.responseText));
      else this.failed(item, file, request);
    });
    item.querySelector("button").addEventListener("click", () => { request.abort(); item.remove(); this.changed(); });
    request.send(body);
    this.changed();
  }

  done(item, bar, answer) {
    bar.remove();
    const hidden = document.createElement("input");
    hidden.type = "hidden";
    hidden.name = this.box.dataset.name;
    hidden.value = answer.id;
    item.append(hidden);
    this.changed();
  }

  failed(item, file, request) {
    if (!item.isConnected) return; // taken away by the person himself
    item.remove();
    this.changed();
    const spoken = request.getResponseHeader("X-Message");
    toast(spoken ? decodeURIComponent(spoken) : say("not_uploaded", { name: file.name }), { tone: "late" });
  }

  itemOf(file) {
    const item = document.createElement("li");
    const slot = document.createElement("div");
    slot.className = "slot";
    if (file.type.startsWith("image/")) {
      const image = document.createElement("img");
      image.src = URL.createObjectURL(file);
      image.alt = file.name;
      image.addEventListener("load", () => URL.revokeObjectURL(image.src));
      slot.append(image);
    } else slot.textContent = file.name;
    const bar = document.createElement("progress");
    bar.className = "bar";
    bar.max = 1;
    bar.value = 0;
    const remove = document.createElement("button");
    remove.type = "button";
    remove.className = "remove";
    remove.textContent = "×";
    remove.setAttribute("aria-label", `${say("remove")} ${file.name}`);
    slot.append(bar, remove);
    item.append(slot);
    this.list.append(item);
    return item;
  }

  changed() {
    const ids = [...this.list.querySelectorAll("input[type=hidden]")].map((each) => each.value);
    const isBusy = Boolean(this.list.querySelector("progress"));
    this.box.dispatchEvent(new CustomEvent("upload:changed", { bubbles: true, detail: { ids, isBusy } }));
  }
}

/** Bring the upload boxes under `root` to life. */
export function uploads(root = document) {
  for (const box of root.querySelectorAll?.("[data-upload]") || []) if (!box.upload) box.upload = new Upload(box);
}

uploads();
document.addEventListener("htmx:load", (event) => uploads(event.detail.elt));
