// What the line on the page says: <script src="https://…/widget.js" data-language="pl" data-side="left" data-open defer>

/**
 * @typedef {object} Config
 * @property {string} origin Baken's own
 * @property {string} language that it begins in
 * @property {"left" | "right"} side of the page that the button stands on
 * @property {boolean} open whether the chat is open from the start
 */

/**
 * @param {HTMLScriptElement} script
 * @returns {Config}
 */
export function readConfig(script) {
  return {
    origin: new URL(script.src).origin,
    language: firstKnown([script.getAttribute("data-language"), ...browserLanguages()]),
    side: script.getAttribute("data-side") === "left" ? "left" : "right",
    open: script.hasAttribute("data-open"),
  };
}

/** @returns {readonly string[]} */
function browserLanguages() { return navigator.languages || [navigator.language]; }

/** @param {(string | null)[]} wanted */
function firstKnown(wanted) {
  const codes = wanted.map((tag) => String(tag || "").toLowerCase().slice(0, 2));
  return codes.find((code) => BAKEN_SETUP.labels[code]) || "en";
}
