// Elements of the page: found and made.

/**
 * The element of the page with this id.
 * @template {HTMLElement} [T=HTMLElement]
 * @param {string} id
 * @param {new () => T} [type] the class that it must have
 * @returns {T}
 * @throws {TypeError} where it is not there, or of another class
 */
export function byId(id, type) {
  const element = document.getElementById(id);
  if (!(element instanceof (type || HTMLElement))) { throw new TypeError(`no such element: ${id}`); }
  return /** @type {T} */ (element);
}

/** The field that one writes in. */
export function textField() { return byId("text", HTMLTextAreaElement); }

/**
 * A new element with a class and a text.
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {string} [className]
 * @param {string} [text]
 */
export function createElement(tag, className, text) {
  const element = document.createElement(tag);
  if (className) { element.className = className; }
  if (text) { element.textContent = text; }
  return element;
}

/**
 * A new button. In the conversation it is reached by the arrow keys and not by Tab (roving-tabindex.js).
 * @param {string} className
 * @param {string} label
 */
export function createButton(className, label) {
  const button = createElement("button", className, label);
  button.type = "button";
  button.tabIndex = -1;
  return button;
}
