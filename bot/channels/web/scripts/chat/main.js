// The chat: no framework, no cookies, nothing from elsewhere. Begins here.

import { listenForChoices } from "./choices.js";
import { chooseLanguage, earlyLanguageChoice, listenForInput } from "./composer.js";
import { isOffline } from "./connection.js";
import { listenForDeletion } from "./deletion.js";
import { renderHolder } from "./holder-banner.js";
import { abortRequests } from "./http.js";
import { changeLanguage } from "./language.js";
import { deliver, listenForAccepted, loadUnsent, sendMessage } from "./outbox.js";
import { listenToParent } from "./parent-page.js";
import { poll } from "./polling.js";
import { coverAndForget, listenForQuickExit } from "./quick-exit.js";
import { wakeSleepers } from "./retry.js";
import { listenForArrowKeys } from "./roving-tabindex.js";
import { listenForVoices } from "./speech.js";
import { state } from "./state.js";
import { load } from "./tab-storage.js";
import { showGreeting } from "./transcript.js";

/** A telephone that comes back, or a network that does, is not kept waiting by a request that died meanwhile. */
function reconnect() {
  if (!state.conversation || document.hidden) { return; }
  if (isOffline()) { abortRequests(); }
  wakeSleepers();
  poll();
  deliver();
}

async function start() {
  listenForInput();
  listenForChoices(({ title, payload }, group) => sendMessage(title, payload, group));
  listenForAccepted(poll);
  listenForArrowKeys();
  listenForDeletion();
  listenForQuickExit();
  listenForVoices();
  listenToParent(coverAndForget);
  window.addEventListener("online", reconnect);
  document.addEventListener("visibilitychange", reconnect);
  const early = earlyLanguageChoice();
  await changeLanguage(load("language") || state.words.language);
  renderHolder();
  showGreeting();
  state.conversation = load("conversation");
  if (state.conversation) {
    loadUnsent();
    poll();
  }
  if (early) { chooseLanguage(early); }
}

start();
