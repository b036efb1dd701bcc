// What stands under one's own message: sending, sent with the time, or not sent with a button to try again.

import { createElement } from "./dom.js";
import { state } from "./state.js";
import { timeOfDay } from "./time.js";

/**
 * @param {HTMLElement} item
 * @param {"sending" | "sent" | "failed"} delivery
 */
function replaceMeta(item, delivery) {
  const meta = /** @type {HTMLElement} */ (item.querySelector(".meta"));
  meta.textContent = "";
  item.setAttribute("data-state", delivery);
  return meta;
}

/** @param {HTMLElement} item */
export function markSending(item) { replaceMeta(item, "sending").append(state.words.sending); }

/**
 * @param {HTMLElement} item
 * @param {string} [at] when the server took it in, as ISO 8601; not known at first
 */
export function markSent(item, at) { replaceMeta(item, "sent").append(`${timeOfDay(at)} ${state.words.sent}`.trim()); }

/**
 * @param {HTMLElement} item
 * @param {() => void} onRetry
 */
export function markFailed(item, onRetry) {
  const button = createElement("button", "plain failed", state.words.retry);
  button.type = "button"; // reached by Tab as well, so that it is not missed
  button.addEventListener("click", onRetry);
  replaceMeta(item, "failed").append(button);
}
