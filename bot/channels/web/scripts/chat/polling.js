// What the server has for this talk: a request that waits for news, again and again, so that neither WebSocket nor
// server-sent events are needed. After a break it goes on at the newest row that was shown, so nothing is lost.

import { replayChoice } from "./choices.js";
import { reportOffline, reportOnline } from "./connection.js";
import { markSent } from "./delivery-state.js";
import { renderHolder } from "./holder-banner.js";
import { postJson } from "./http.js";
import { changeLanguage } from "./language.js";
import { hasUnsent, resendLeftOver } from "./outbox.js";
import { countUnread, reportUnread } from "./parent-page.js";
import { backoff, sleep } from "./retry.js";
import { forgetConversation, startOver } from "./session.js";
import { state } from "./state.js";
import { findItem, removeBefore, setRow, showMessage } from "./transcript.js";
import { showTyping } from "./typing.js";

/** @import { LoggedMessage, Update } from "../types" */

/** Seconds that the server may hold a request back until there is news. */
const WAIT_SECONDS = 25;
const MARGIN_SECONDS = 15;
/** The first message is still on its way: the server knows no such conversation yet. */
const UNKNOWN_MS = 1000;

let polling = false;

/** Asks for news as long as there is a talk. */
export async function poll() {
  if (polling) { return; }
  polling = true;
  for (let tries = 0, wait = 0; state.conversation;) {
    const { conversation, lastRow: after, awaitingAnswer: typing, holder } = state;
    const answer = await postJson(
      "/api/poll", { conversation, after, wait, typing, holder }, { timeoutSeconds: wait + MARGIN_SECONDS },
    );
    if (conversation !== state.conversation) { continue; }
    if (answer.status === 200) {
      tries = 0;
      wait = WAIT_SECONDS;
      reportOnline();
      await apply(answer.body);
      resendLeftOver();
      if (!answer.body.known) { await sleep(UNKNOWN_MS); }
    } else {
      if (answer.status !== 429) { reportOffline(); }
      await sleep(answer.retryAfter ? answer.retryAfter * 1000 : backoff(tries));
      tries += 1;
      wait = 0;
    }
  }
  polling = false;
}

/** @param {Update} update */
async function apply(update) {
  if (!update.known && !hasUnsent()) { // deleted on the server, or too old
    if (state.lastRow) { startOver(); }
    forgetConversation();
    return;
  }
  removeBefore(update.first);
  if (update.messages.length && update.language) { await changeLanguage(update.language); }
  const isNew = state.lastRow > 0 || state.awaitingAnswer;
  update.messages.filter((message) => message.id > state.lastRow).forEach((message) => {
    state.lastRow = message.id;
    if (message.me) { applyOwn(message); } else {
      showMessage(message, isNew);
      countUnread();
    }
  });
  if (update.messages.length) { reportUnread(); }
  state.holder = update.holder;
  renderHolder();
  state.awaitingAnswer = update.typing;
  showTyping(update.typing);
}

/**
 * One's own message, as the server has it: on the page already, or said before a reload.
 * @param {LoggedMessage} message
 */
function applyOwn(message) {
  let item = findItem(message.key);
  if (item) { setRow(item, message.id); } else {
    replayChoice(message.text);
    item = showMessage(message, false);
  }
  markSent(item, message.at);
}
