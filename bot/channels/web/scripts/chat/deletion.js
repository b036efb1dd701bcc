// Deleting the talk, here and on the server.

import { reportOffline, reportOnlineSilently } from "./connection.js";
import { byId } from "./dom.js";
import { postJson } from "./http.js";
import { backoff, sleep } from "./retry.js";
import { forgetConversation, startOver } from "./session.js";
import { state } from "./state.js";
import { setStatus } from "./status-line.js";

/** @param {boolean} asking whether "delete" and "keep" stand in the place of the button */
function showQuestion(asking) {
  byId("clear").hidden = asking;
  byId("sure").hidden = !asking;
  byId(asking ? "clear-no" : "clear").focus();
}

/** Deletes on the server first. Returns whether it did: not where the talk ended in another way meanwhile. */
async function deleteConversation() {
  const conversation = state.conversation;
  for (let tries = 0; conversation; tries += 1) {
    const answer = await postJson("/api/forget", { conversation });
    if (answer.status === 200) { break; }
    if (conversation !== state.conversation) { return false; }
    reportOffline();
    await sleep(backoff(tries));
  }
  reportOnlineSilently();
  forgetConversation();
  startOver();
  return true;
}

export function listenForDeletion() {
  byId("clear").addEventListener("click", () => showQuestion(true));
  byId("clear-no").addEventListener("click", () => showQuestion(false));
  byId("clear-yes").addEventListener("click", async () => {
    showQuestion(false);
    if (await deleteConversation()) { setStatus(state.words.cleared); }
  });
}
