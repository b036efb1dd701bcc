import { state } from "./state.js";

/**
 * Hour and minute, in western digits in every language.
 * @param {string | undefined} at ISO 8601
 */
export function timeOfDay(at) {
  if (!at) { return ""; }
  return new Date(at).toLocaleTimeString(`${state.words.language}-u-nu-latn`, {
    hour: "2-digit", minute: "2-digit", hour12: false,
  });
}
