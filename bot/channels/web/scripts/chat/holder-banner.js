// Who answers, where that is not Baken alone, and the way back.

import { byId } from "./dom.js";
import { state } from "./state.js";

/** Leaving the queue, or leaving an advisor: not the same words. */
export function leaveLabel() { return state.holder === "human" ? state.words.back : state.words.stop_waiting; }

export function renderHolder() {
  byId("holder").hidden = state.holder === "bot";
  byId("back").textContent = leaveLabel();
  const text = state.holder === "human" ? state.words.human : state.words.waiting;
  const line = byId("holder-text");
  if (state.holder !== "bot" && line.textContent !== text) { line.textContent = text; }
}
