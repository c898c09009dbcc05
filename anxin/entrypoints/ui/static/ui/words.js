// The sentences our scripts say, in the page's language; printed by {% words %}.

const element = document.getElementById("ui-words");
const known = element ? JSON.parse(element.textContent) : {};

/** Return the sentence `key`, with {name} replaced from `values`. */
export function say(key, values = {}) {
  return (known[key] || key).replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
}

export const language = document.documentElement.lang || "zh-CN";
