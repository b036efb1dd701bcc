// The status line, which screen readers read out at once.

import { byId } from "./dom.js";

/**
 * @param {string} text empty to say nothing
 * @param {boolean} [dots] someone is writing
 */
export function setStatus(text, dots = false) {
  const line = byId("status");
  line.classList.toggle("dots", dots);
  if (line.textContent !== text) { line.textContent = text; }
}

/** @param {string} text is cleared, where it still stands there */
export function clearStatus(text) {
  if (byId("status").textContent === text) { setStatus(""); }
}

/** Takes "… is writing" away, and nothing else. */
export function clearDots() {
  if (byId("status").classList.contains("dots")) { setStatus(""); }
}
