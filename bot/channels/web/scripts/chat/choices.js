// The buttons under a message. Those that were answered are used up: they stay, keep the focus, and say so to screen
// readers.

import { byId, createButton, createElement } from "./dom.js";
import { state } from "./state.js";

/** @import { Choice, Message } from "../types" */

const UNUSED = "button[aria-disabled='false']";

/**
 * @param {Choice[]} choices
 * @param {Message} message
 */
export function renderChoices(choices, message) {
  const group = createElement("div", "choices");
  group.dir = message.direction || "auto";
  choices.forEach(({ title, payload }) => {
    const button = createButton("", title);
    button.setAttribute("aria-disabled", "false");
    button.setAttribute("data-title", title);
    button.setAttribute("data-payload", payload);
    group.append(button);
  });
  return group;
}

/** @param {Element} button */
function markChosen(button) {
  button.classList.add("chosen");
  button.append(createElement("span", "unseen", `, ${state.words.chosen}`));
}

/**
 * Those of one message are used up, or after free words all.
 * @param {Element | null} [group]
 */
export function disableChoices(group) {
  (group || byId("messages")).querySelectorAll(UNUSED).forEach((button) => {
    button.setAttribute("aria-disabled", "true");
  });
}

/**
 * In a talk that is shown again: the choices that a message of one's own came from are used up, its button marked; or
 * all, where it came from none.
 * @param {string} text
 */
export function replayChoice(text) {
  const buttons = Array.from(document.querySelectorAll(`.choices ${UNUSED}`));
  const button = buttons.find((candidate) => candidate.getAttribute("data-title") === text);
  if (button) { markChosen(button); }
  disableChoices(button && button.parentElement);
}

/**
 * @param {(choice: Choice, group: Element | null) => void} onChoose
 */
export function listenForChoices(onChoose) {
  byId("messages").addEventListener("click", (event) => {
    const button = /** @type {Element} */ (event.target).closest(`.choices ${UNUSED}`);
    if (!button) { return; }
    markChosen(button);
    const title = button.getAttribute("data-title") || "";
    onChoose({ title, payload: button.getAttribute("data-payload") || "" }, button.parentElement);
  });
}
