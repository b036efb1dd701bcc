// Someone is writing: Baken or an advisor, shown here; the person, shown to the advisor.

import { postJson } from "./http.js";
import { state } from "./state.js";
import { clearDots, setStatus } from "./status-line.js";

/** An answer that comes sooner is not announced. */
const PATIENCE_MS = 400;
/** The advisor is told at most once in this time. */
const NOTIFY_EVERY_MS = 4000;

let notifiedAt = 0;

/** @param {boolean} on */
export function showTyping(on) {
  if (on) {
    setStatus(state.holder === "human" ? state.words.typing_person : state.words.typing, true);
  } else { clearDots(); }
}

/** A message was sent: after a while without an answer the page says that one is being written. */
export function awaitAnswer() {
  if (state.holder === "human") { return; }
  state.awaitingAnswer = true;
  setTimeout(() => { if (state.awaitingAnswer) { showTyping(true); } }, PATIENCE_MS);
}

/** The person writes: tells the advisor, where there is one. */
export function notifyTyping() {
  if (state.holder !== "human" || !state.conversation || Date.now() - notifiedAt < NOTIFY_EVERY_MS) { return; }
  notifiedAt = Date.now();
  postJson("/api/typing", { conversation: state.conversation });
}
