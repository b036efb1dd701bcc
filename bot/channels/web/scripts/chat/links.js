// Addresses and the telephone numbers that Baken knows can be tapped; everything else is plain text, never HTML.

import { createElement } from "./dom.js";
import { state } from "./state.js";

/**
 * Appends a text with its links.
 * @param {HTMLElement} target
 * @param {string} text
 */
export function appendLinked(target, text) {
  const phones = state.words.phones.map((phone) => phone.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  const pattern = new RegExp(`(https?://[^\\s»]+[^\\s».,;:)])|(^|[^\\d-])(${phones.join("|")})(?![\\d-])`, "g");
  let end = 0;
  for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
    const [whole, address, before, phone] = match;
    target.append(text.slice(end, match.index + (before || "").length));
    target.append(address ? webLink(address) : phoneLink(phone));
    end = match.index + whole.length;
  }
  target.append(text.slice(end));
}

/** @param {string} address */
function webLink(address) {
  const link = createLink(address, address);
  link.target = "_blank";
  link.rel = "noopener noreferrer";
  return link;
}

/** @param {string} phone */
function phoneLink(phone) { return createLink(phone, `tel:${phone.replace(/[^\d+]/g, "")}`); }

/**
 * @param {string} text
 * @param {string} href
 */
function createLink(text, href) {
  const link = createElement("a", "", text);
  link.href = href;
  link.dir = "ltr";
  link.tabIndex = -1;
  return link;
}
