// The page's texts in the language of the talk.

import { byId, textField } from "./dom.js";
import { renderHolder } from "./holder-banner.js";
import { tellParent } from "./parent-page.js";
import { state } from "./state.js";
import { save } from "./tab-storage.js";

/** @import { WordName, Words } from "../types" */

function applyWords() {
  const words = state.words;
  document.documentElement.lang = words.language;
  document.documentElement.dir = words.direction;
  document.title = `Baken – ${words.title}`;
  document.querySelectorAll("[data-word]").forEach((element) => {
    element.textContent = words[/** @type {WordName} */ (element.getAttribute("data-word"))];
  });
  byId("log").setAttribute("aria-label", words.chat);
  byId("talk").setAttribute("aria-label", words.chat);
  textField().placeholder = words.placeholder;
  byId("language", HTMLSelectElement).value = words.language;
  renderHolder();
  tellParent({ baken: "language", language: words.language });
}

/**
 * Fetches the texts of another language; the page stays as it is where that fails.
 * @param {string} language
 */
export async function changeLanguage(language) {
  if (language === state.words.language || !state.words.languages[language]) { return; }
  save("language", language);
  try {
    const response = await fetch(`/api/texts/${encodeURIComponent(language)}`);
    if (!response.ok) { return; }
    state.words = /** @type {Words} */ (await response.json());
  } catch { return; /* the next answer tries again */ }
  applyWords();
}
