// What this tab remembers: the conversation's secret, the language and what is not sent yet; never what was said. Where
// storage is blocked (a private window, a frame of another site) it lasts as long as the page is open.

/** @typedef {"conversation" | "language" | "unsent"} Key */

/** @type {Key[]} */
const KEYS = ["conversation", "language", "unsent"];
const PREFIX = "baken.";

/** @type {Map<Key, string>} */
const fallback = new Map();

/**
 * @param {Key} key
 * @returns {string} empty where nothing is kept
 */
export function load(key) {
  try { return sessionStorage.getItem(PREFIX + key) || ""; } catch { return fallback.get(key) || ""; }
}

/**
 * @param {Key} key
 * @param {string} value
 */
export function save(key, value) {
  try { sessionStorage.setItem(PREFIX + key, value); } catch { fallback.set(key, value); }
}

/** Forgets all of it. */
export function clear() {
  fallback.clear();
  try { KEYS.forEach((key) => sessionStorage.removeItem(PREFIX + key)); } catch { /* nothing is kept there */ }
}
