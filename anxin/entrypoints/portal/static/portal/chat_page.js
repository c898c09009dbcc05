// The chat page: start the conversation in its box, and tell a frame's owner of new words.

import { startChat } from "./chat.js";

const box = document.getElementById("chat");
const options = JSON.parse(document.getElementById("chat-options").textContent);
if (options.isEmbedded && window.parent !== window) {
  options.onmessage = (message) => window.parent.postMessage({ type: "anxin:message", seq: message.seq }, "*");
}
startChat(box, options);
