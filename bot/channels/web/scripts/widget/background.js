// On a telephone the chat covers the page; what lies behind it must not be reached by the keyboard.

/** @type {HTMLElement[]} */
let inertElements = [];

/**
 * @param {boolean} inert
 * @param {HTMLElement} host the widget's own element, which stays in reach
 */
export function setBackgroundInert(inert, host) {
  inertElements.forEach((element) => { element.inert = false; });
  inertElements = [];
  if (!inert) { return; }
  const siblings = /** @type {HTMLElement[]} */ (Array.from(document.body.children));
  inertElements = siblings.filter((element) => element !== host && !element.inert);
  inertElements.forEach((element) => { element.inert = true; });
}
