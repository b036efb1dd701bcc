// The form at the foot of the page, the choice of a language, and the button that leaves an advisor.

import { byId, textField } from "./dom.js";
import { leaveLabel } from "./holder-banner.js";
import { changeLanguage } from "./language.js";
import { sendMessage } from "./outbox.js";
import { state } from "./state.js";
import { notifyTyping } from "./typing.js";

function submit() {
  const field = textField();
  const text = field.value.trim();
  field.focus();
  if (!text) { return; }
  field.value = "";
  sendMessage(text);
}

/** @param {string} code */
export function chooseLanguage(code) {
  sendMessage(state.words.languages[code], `/set_language{"code": "${code}"}`);
  changeLanguage(code);
}

/** On a slow network somebody chooses a language before the scripts are there: that choice counts too. */
export function earlyLanguageChoice() {
  const option = byId("language", HTMLSelectElement).selectedOptions[0];
  return option && !option.defaultSelected ? option.value : null;
}

export function listenForInput() {
  byId("form").addEventListener("submit", (event) => {
    event.preventDefault();
    submit();
  });
  textField().addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      submit();
    }
  });
  textField().addEventListener("input", notifyTyping);
  byId("language").addEventListener("change", (event) => {
    chooseLanguage(/** @type {HTMLSelectElement} */ (event.currentTarget).value);
  });
  byId("back").addEventListener("click", () => sendMessage(leaveLabel(), "/leave_human"));
}
