// Reading aloud with a voice that is on the telephone itself. Voices that send the text to a company's server are left
// out: nothing that is said here goes anywhere else.

import { createButton } from "./dom.js";
import { state } from "./state.js";

/** @import { Message } from "../types" */

/** @type {SpeechSynthesis | undefined} missing in many a WebView */
const synthesis = window.speechSynthesis;

/** @type {HTMLButtonElement | null} the button of the message that is being read */
let speakingButton = null;

/** @param {string | null | undefined} language */
function localVoice(language) {
  const voices = synthesis ? synthesis.getVoices() : [];
  return voices.find((voice) => voice.localService && voice.lang.slice(0, 2).toLowerCase() === language);
}

/**
 * A button that reads a message; hidden where there is no voice for its language.
 * @param {Message} message
 */
export function createListenButton(message) {
  const language = message.translated ? message.translated_to : message.language;
  const button = createButton("plain listen", state.words.listen);
  button.hidden = !localVoice(language);
  button.setAttribute("data-language", language || "");
  button.setAttribute("aria-pressed", "false");
  button.addEventListener("click", () => {
    const wasSpeaking = speakingButton === button;
    stopSpeaking();
    if (!wasSpeaking) { speak(button, message.translated || message.text, language); }
  });
  return button;
}

/**
 * @param {HTMLButtonElement} button
 * @param {string} text
 * @param {string | undefined} language
 */
function speak(button, text, language) {
  const voice = localVoice(language);
  if (!synthesis || !voice) { return; }
  const utterance = new SpeechSynthesisUtterance(text.replace(/https?:\/\/\S+/g, ""));
  utterance.voice = voice;
  utterance.lang = voice.lang;
  utterance.onend = utterance.onerror = () => { if (speakingButton === button) { stopSpeaking(); } };
  speakingButton = button;
  button.textContent = state.words.listen_stop;
  button.setAttribute("aria-pressed", "true");
  synthesis.speak(utterance);
}

export function stopSpeaking() {
  if (!speakingButton || !synthesis) { return; }
  speakingButton.textContent = state.words.listen;
  speakingButton.setAttribute("aria-pressed", "false");
  speakingButton = null;
  synthesis.cancel();
}

/** Voices are often known only some time after the page is there. */
export function listenForVoices() {
  if (!synthesis || !synthesis.addEventListener) { return; }
  synthesis.addEventListener("voiceschanged", () => {
    document.querySelectorAll("button.listen").forEach((button) => {
      /** @type {HTMLButtonElement} */ (button).hidden = !localVoice(button.getAttribute("data-language"));
    });
  });
}
