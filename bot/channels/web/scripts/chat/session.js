// The end of a talk in this tab.

import { textField } from "./dom.js";
import { renderHolder } from "./holder-banner.js";
import { abortRequests } from "./http.js";
import { clearUnsent } from "./outbox.js";
import { state } from "./state.js";
import * as tabStorage from "./tab-storage.js";
import { clearTranscript, showGreeting } from "./transcript.js";
import { showTyping } from "./typing.js";

/** This tab knows nothing of the talk any more; the page still shows it. */
export function forgetConversation() {
  clearUnsent();
  state.conversation = "";
  tabStorage.clear();
  abortRequests();
  textField().value = "";
}

/** Takes everything off the page and begins anew. */
export function startOver() {
  state.lastRow = 0;
  state.awaitingAnswer = false;
  state.holder = "bot";
  clearTranscript();
  showTyping(false);
  renderHolder();
  showGreeting();
}
