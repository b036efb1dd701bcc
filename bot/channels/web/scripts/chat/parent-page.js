// The talk with the widget on the page around this frame. Nothing of what is said goes there: only open, close, leave, the
// language and how many messages are unread.

import { byId, textField } from "./dom.js";
import { stopSpeaking } from "./speech.js";
import { setup, state } from "./state.js";

/** @import { FrameMessage } from "../types" */

const inFrame = window.parent !== window;
/** Origin of the page around, known when its widget has spoken. */
let parentOrigin = "";
let minimized = false;
let unread = 0;

/** Whether this is a frame, and its page has spoken. */
export function hasParent() { return parentOrigin !== ""; }

/** @param {FrameMessage} message */
export function tellParent(message) {
  if (hasParent()) { window.parent.postMessage(message, parentOrigin); }
}

/** A message has come; it is unread where the frame is closed. */
export function countUnread() { if (minimized) { unread += 1; } }

export function reportUnread() { tellParent({ baken: "unread", count: unread }); }

/** @param {boolean} byPerson */
function opened(byPerson) {
  minimized = false;
  unread = 0;
  if (!byPerson) { return; }
  // On a telephone the text field would bring up the keyboard over the greeting.
  const hasMouse = window.matchMedia("(pointer: fine)").matches;
  (hasMouse ? textField() : byId("top")).focus();
}

/** @param {MessageEvent<FrameMessage | null>} event */
function isFromParent(event) {
  const allowed = event.origin === window.location.origin || setup.origins.indexOf(event.origin) >= 0;
  return event.source === window.parent && allowed;
}

/** @param {string} pageOrigin */
function meet(pageOrigin) {
  parentOrigin = pageOrigin;
  byId("close").hidden = false;
  tellParent({ baken: "language", language: state.words.language });
}

/** @param {() => void} onForget the page around is left by quick exit */
export function listenToParent(onForget) {
  if (!inFrame) { return; }
  window.addEventListener("message", (/** @type {MessageEvent<FrameMessage | null>} */ event) => {
    const message = event.data;
    if (!isFromParent(event) || !message || !message.baken) { return; }
    if (!hasParent()) { meet(event.origin); }
    if (message.baken === "opened") { opened(message.focus); }
    if (message.baken === "closed") {
      minimized = true;
      stopSpeaking();
    }
    if (message.baken === "forget") { onForget(); }
  });
  byId("close").addEventListener("click", () => tellParent({ baken: "close" }));
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") { tellParent({ baken: "close" }); }
  });
  // Who is around is not known yet; "ready" says nothing about anyone.
  window.parent.postMessage({ baken: "ready" }, "*");
}
