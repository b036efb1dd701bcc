// The conversation is one stop of the Tab key; within it the arrow keys go from message to message and to the links and
// buttons in them. Coming from the text field, the stop is the first choice of the newest message.

import { byId } from "./dom.js";
import { state } from "./state.js";

function tabStop() { return /** @type {HTMLElement | null} */ (byId("messages").querySelector("[tabindex='0']")); }

/** What the arrow keys reach, in order: whatever is visible. */
function reachable() {
  const all = document.querySelectorAll("#messages > li, #messages a, #messages button");
  return /** @type {HTMLElement[]} */ (Array.from(all)).filter((element) => element.offsetParent);
}

/**
 * Makes an item, or the first choice in it, the place where Tab enters the conversation.
 * @param {HTMLElement} item
 */
export function moveTabStop(item) {
  const previous = tabStop();
  if (previous && previous === document.activeElement) { return; }
  if (previous) { previous.tabIndex = -1; }
  const choice = /** @type {HTMLElement | null} */ (item.querySelector(".choices button"));
  (choice || item).tabIndex = 0;
}

/** @param {KeyboardEvent} event */
function followArrows(event) {
  const elements = reachable();
  const here = elements.findIndex((element) => element === document.activeElement);
  const onward = state.words.direction === "rtl" ? -1 : 1;
  /** @type {Record<string, number>} */
  const targets = {
    ArrowDown: here + 1, ArrowUp: here - 1, ArrowRight: here + onward, ArrowLeft: here - onward,
    Home: 0, End: elements.length - 1,
  };
  if (here < 0 || event.ctrlKey || event.altKey || event.metaKey || !(event.key in targets)) { return; }
  event.preventDefault();
  const next = elements[Math.max(0, Math.min(elements.length - 1, targets[event.key]))];
  next.focus();
  next.scrollIntoView({ block: "nearest" });
}

export function listenForArrowKeys() {
  const messages = byId("messages");
  messages.addEventListener("keydown", followArrows);
  messages.addEventListener("focusin", (event) => {
    const previous = tabStop();
    if (previous) { previous.tabIndex = -1; }
    /** @type {HTMLElement} */ (event.target).tabIndex = 0;
  });
  messages.addEventListener("focusout", (event) => {
    if (messages.contains(/** @type {Node | null} */ (event.relatedTarget))) { return; }
    setTimeout(() => {
      const newest = /** @type {HTMLElement | null} */ (messages.lastElementChild);
      if (newest && !messages.contains(document.activeElement)) { moveTabStop(newest); }
    });
  });
}
