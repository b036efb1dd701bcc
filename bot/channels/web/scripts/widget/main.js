// Baken's widget, for any web page: <script src="https://…/widget.js" defer></script>
// It adds a button and, when that is pressed, a frame with the chat. A page with a strict Content-Security-Policy needs
// only `script-src` and `frame-src` with Baken's address.

import { countShiftPresses } from "../shared/triple-shift.js";
import { readConfig } from "./config.js";
import { Widget } from "./widget.js";

/** @param {HTMLScriptElement} script */
function start(script) {
  window.bakenWidget = true;
  const widget = new Widget(readConfig(script));
  countShiftPresses((count) => { if (count === 3 && widget.frame) { widget.leave(false); } });
  if (document.body) { widget.mount(); } else { document.addEventListener("DOMContentLoaded", () => widget.mount()); }
}

if (document.currentScript instanceof HTMLScriptElement && !window.bakenWidget) { start(document.currentScript); }
