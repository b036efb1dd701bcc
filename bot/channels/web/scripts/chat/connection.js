// Whether Baken can be reached, as far as is known; said when it changes.

import { state } from "./state.js";
import { clearStatus, setStatus } from "./status-line.js";

const SHOWN_MS = 5000;

let offline = false;

export function isOffline() { return offline; }

/** A request found no way. */
export function reportOffline() {
  if (!offline) { setStatus(state.words.offline); }
  offline = true;
}

/** A request came through. */
export function reportOnline() {
  if (!offline) { return; }
  offline = false;
  const text = state.words.online;
  setStatus(text);
  setTimeout(() => clearStatus(text), SHOWN_MS);
}

/** A request came through, and something else is about to be said. */
export function reportOnlineSilently() { offline = false; }
