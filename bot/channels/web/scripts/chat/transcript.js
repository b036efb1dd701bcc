// The conversation on the page. One's own message is shown before the server has it.

import { renderChoices } from "./choices.js";
import { createDocumentButton } from "./document-button.js";
import { byId, createElement } from "./dom.js";
import { appendLinked } from "./links.js";
import { announce, clearAnnouncements } from "./live-region.js";
import { moveTabStop } from "./roving-tabindex.js";
import { createListenButton } from "./speech.js";
import { state } from "./state.js";
import { timeOfDay } from "./time.js";

/** @import { LoggedMessage, Message } from "../types" */

/** @type {Map<string | number | undefined, HTMLLIElement>} by the key of one's own message, or the row of another */
const items = new Map();

/** @param {string | undefined} key */
export function findItem(key) { return items.get(key); }

/**
 * Puts a message at the end of the conversation.
 * @param {Message} message
 * @param {boolean} isNew read out, where it is not one's own
 */
export function showMessage(message, isNew) {
  const item = createElement("li", message.me ? "me" : `${message.author || "bot"} baken`);
  if (message.safety) { item.classList.add("safety"); }
  if (message.language && !message.me) { item.lang = message.language; }
  item.tabIndex = -1;
  if (message.id) { setRow(item, message.id); }
  const meta = createElement("div", "meta", timeOfDay(message.at));
  item.append(renderBubble(message), meta);
  if (!message.me) { meta.append(" ", createListenButton(message)); }
  if (message.buttons && message.buttons.length) { item.append(renderChoices(message.buttons, message)); }
  byId("messages").append(item);
  items.set(message.key || message.id, item);
  if (isNew && !message.me) {
    announce(`${senderName(message)}: ${message.translated || message.text}`, message.language || "");
  }
  moveTabStop(item);
  scrollToQuestion(item);
  return item;
}

/**
 * The row of the log that an item stands for.
 * @param {HTMLElement} item
 * @param {number} row
 */
export function setRow(item, row) { item.setAttribute("data-row", String(row)); }

/** @param {Message} message */
function senderName(message) {
  if (message.me) { return state.words.you; }
  return message.author === "advisor" ? message.by || state.words.advisor : "Baken";
}

/** @param {Message} message */
function renderBubble(message) {
  const byAdvisor = message.author === "advisor";
  const bubble = createElement("div", "bubble");
  bubble.dir = message.me || byAdvisor ? "auto" : message.direction || "auto";
  bubble.append(createElement("span", byAdvisor ? "who" : "unseen", `${senderName(message)}: `));
  const text = createElement("div", "text");
  const translated = byAdvisor ? message.translated : "";
  if (message.me) { text.append(message.text); } else { appendLinked(text, translated || message.text); }
  bubble.append(text);
  if (translated) {
    if (message.translated_to) { text.lang = message.translated_to; }
    bubble.append(createElement("div", "meta", state.words.translated), renderOriginal(message));
  }
  if (message.document) { bubble.append(createDocumentButton(message.document)); }
  return bubble;
}

/** @param {Message} message */
function renderOriginal(message) {
  const original = createElement("div", "original");
  original.dir = "auto";
  original.lang = "";
  original.append(createElement("div", "meta", state.words.original), createElement("div", "text", message.text));
  return original;
}

/**
 * The person reads from their own question down: that stays at the top of what is seen.
 * @param {HTMLElement} item
 */
function scrollToQuestion(item) {
  const log = byId("log");
  const questions = /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("#messages > .me"));
  const target = questions.length ? questions[questions.length - 1] : item;
  log.scrollTop = target.offsetTop - 8;
  if (log.scrollHeight <= log.clientHeight + 1 && document.body.scrollHeight > window.innerHeight) {
    target.scrollIntoView();
  }
}

export function showGreeting() {
  const { greeting, language, direction, menu } = state.words;
  showMessage({ id: 0, text: greeting, language, direction, buttons: [{ title: menu, payload: "/menu" }] }, false);
}

/**
 * Takes a message of one's own off the page.
 * @param {string} key
 */
export function removeMessage(key) {
  const item = items.get(key);
  if (item) { item.remove(); }
  items.delete(key);
}

/**
 * What was deleted on the server goes from the page too.
 * @param {LoggedMessage["id"]} firstRow the oldest that is left
 */
export function removeBefore(firstRow) {
  document.querySelectorAll("#messages > li").forEach((item) => {
    const row = Number(item.getAttribute("data-row"));
    if (row && row < firstRow) { item.remove(); }
  });
}

export function clearTranscript() {
  items.clear();
  byId("messages").textContent = "";
  clearAnnouncements();
}
