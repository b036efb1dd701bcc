// What the person writes: shown at once, sent in order, each with an id that the server takes in only once, so that it
// can be sent again after any doubt.

import { disableChoices } from "./choices.js";
import { reportOffline, reportOnline } from "./connection.js";
import { markFailed, markSending, markSent } from "./delivery-state.js";
import { textField } from "./dom.js";
import { postJson } from "./http.js";
import { randomId } from "./random-id.js";
import { backoff, sleep } from "./retry.js";
import { state } from "./state.js";
import { setStatus } from "./status-line.js";
import { load, save } from "./tab-storage.js";
import { findItem, removeMessage, showMessage } from "./transcript.js";
import { awaitAnswer } from "./typing.js";

/** @import { UnsentMessage } from "../types" */
/** @import { Answer } from "./http.js" */

/** @type {UnsentMessage[]} */
let unsent = [];
/** @type {UnsentMessage[]} what was under way when the page went away */
let leftOver = [];
let delivering = false;
let onAccepted = () => {};

/** @param {() => void} listener called whenever the server took a message in */
export function listenForAccepted(listener) { onAccepted = listener; }

export function hasUnsent() { return unsent.length > 0 || leftOver.length > 0; }

function saveUnsent() { save("unsent", JSON.stringify(leftOver.concat(unsent))); }

/** Nothing of it is sent any more. */
export function clearUnsent() {
  unsent = [];
  leftOver = [];
}

/** After a reload: reads what was under way. It is sent when it is known what of it has arrived. */
export function loadUnsent() { leftOver = JSON.parse(load("unsent") || "[]"); }

/** Sends what was under way at a reload again, less what stands in the conversation; the server takes it in once. */
export function resendLeftOver() {
  if (!leftOver.length) { return; }
  const missing = leftOver.filter((message) => !findItem(message.id));
  leftOver = [];
  missing.forEach((message) => markSending(showMessage({ me: true, key: message.id, text: message.text }, false)));
  unsent = missing.concat(unsent);
  saveUnsent();
  deliver();
}

/**
 * Says something: a text, or a pressed button with what it sends.
 * @param {string} text
 * @param {string} [payload]
 * @param {Element | null} [choices] the group that the button stands in
 */
export function sendMessage(text, payload, choices) {
  disableChoices(choices);
  if (!state.conversation) {
    state.conversation = randomId();
    save("conversation", state.conversation);
  }
  /** @type {UnsentMessage} */
  const message = { id: randomId(), text, language: state.words.language };
  if (payload) { message.payload = payload; }
  unsent.push(message);
  saveUnsent();
  markSending(showMessage({ me: true, key: message.id, text }, true));
  deliver();
}

/** Sends what waits, one after the other, until nothing does. */
export async function deliver() {
  if (delivering) { return; }
  delivering = true;
  for (let tries = 0; unsent.length;) {
    const message = unsent[0];
    const conversation = state.conversation;
    const answer = await postJson("/api/messages", { conversation, ...message });
    if (conversation !== state.conversation || unsent[0] !== message) { continue; } // cleared meanwhile
    if (isTemporary(answer)) {
      const busy = answer.status === 429 || answer.status === 503;
      if (busy) { setStatus(state.words.busy); } else { reportOffline(); }
      await sleep(answer.retryAfter ? answer.retryAfter * 1000 : backoff(tries));
      tries += 1;
      continue;
    }
    unsent.shift();
    saveUnsent();
    if (answer.status === 202) {
      tries = 0;
      accepted(message);
    } else { refused(message, answer); }
  }
  delivering = false;
}

/** @param {Answer} answer */
function isTemporary(answer) { return answer.status === 0 || answer.status === 429 || answer.status >= 500; }

/** @param {UnsentMessage} message */
function accepted(message) {
  const item = findItem(message.id);
  if (item) { markSent(item); }
  reportOnline();
  awaitAnswer();
  onAccepted();
}

/**
 * @param {UnsentMessage} message
 * @param {Answer} answer
 */
function refused(message, answer) {
  setStatus(answer.status === 413 ? state.words.too_long : state.words.not_sent);
  const item = findItem(message.id);
  if (!item) { return; }
  markFailed(item, () => {
    removeMessage(message.id);
    textField().value = message.payload ? "" : message.text;
    textField().focus();
    setStatus("");
    if (message.payload) { sendMessage(message.text, message.payload); }
  });
}
