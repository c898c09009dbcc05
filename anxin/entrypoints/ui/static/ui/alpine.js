// Small components for Alpine's CSP build: registered here, named in x-data, no expression beyond a name.

document.addEventListener("alpine:init", () => {
  const { Alpine } = window;

  // <div x-data="fold"><button x-on:click="toggle" x-bind:aria-expanded="open">…</button><div x-show="open">…
  Alpine.data("fold", () => ({
    open: false,
    toggle() { this.open = !this.open; },
  }));

  // <div x-data="tabs" data-first="orders"><button x-on:click="pick" data-tab="orders" x-bind="tab">…<section data-panel="orders" x-bind="panel">
  Alpine.data("tabs", () => ({
    chosen: "",
    init() { this.chosen = this.$root.dataset.first; },
    pick() { this.chosen = this.$el.dataset.tab; },
    tab: { ":aria-selected"() { return String(this.chosen === this.$el.dataset.tab); } },
    panel: { "x-show"() { return this.chosen === this.$el.dataset.panel; } },
  }));

  // <textarea x-data="grows" x-on:input="grow">: as high as its text, up to its CSS max-height.
  Alpine.data("grows", () => ({
    init() { this.grow(); },
    grow() { this.$el.style.height = "auto"; this.$el.style.height = `${this.$el.scrollHeight + 2}px`; },
  }));
});
