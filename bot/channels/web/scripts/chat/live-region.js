// What screen readers say of its own accord: only what is new, so that the conversation is never read from the start.

import { byId, createElement } from "./dom.js";

const KEPT_LINES = 3;

/**
 * @param {string} text
 * @param {string} language
 */
export function announce(text, language) {
  const line = createElement("p", "", text);
  line.lang = language;
  const region = byId("heard");
  region.append(line);
  while (region.firstElementChild && region.children.length > KEPT_LINES) { region.firstElementChild.remove(); }
}

export function clearAnnouncements() { byId("heard").textContent = ""; }
