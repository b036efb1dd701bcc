// Baken's widget, for any web page: <script src="https://…/widget.js" defer></script>
// It adds a button and, when that is pressed, a frame with the chat. The chat lives on Baken's own origin, so the page
// around it can't read what a worker writes. Styles are set through CSSOM: a strict Content-Security-Policy needs only
// `script-src` and `frame-src` with Baken's address. Attributes: data-open, data-language="pl", data-side="left".
(function () {
  "use strict";
  var script = document.currentScript;
  if (!script || window.bakenWidget) { return; }
  window.bakenWidget = true;
  var origin = new URL(script.src).origin;
  var labels = /*labels*/{};
  var exit = /*exit*/"";
  var wanted = [script.getAttribute("data-language")].concat(navigator.languages || [navigator.language]);
  var known = wanted.map(function (one) { return String(one || "").toLowerCase().slice(0, 2); })
    .filter(function (one) { return labels[one]; });
  var language = known[0] || "en";
  var left = script.getAttribute("data-side") === "left";
  var isOpen = false, unread = 0, frame = null, ready = false, hidden = [];
  var small = window.matchMedia("(max-width: 30rem), (max-height: 28rem)");

  var host = document.createElement("div");
  host.style.cssText = "all: initial !important; position: static !important; display: block !important;";
  // A shadow root, so that the page's own styles for buttons and frames don't reach these two.
  var root = host.attachShadow({ mode: "open" });
  var button = document.createElement("button");
  var name = document.createElement("span");
  var count = document.createElement("span");
  button.type = "button";
  button.append(name, count);
  button.setAttribute("aria-controls", "baken-frame");
  root.append(button);

  function paint() {
    var side = left ? "left" : "right";
    button.style.cssText = "position: fixed; bottom: 16px; " + side + ": 16px; z-index: 2147483000; min-height: 48px;" +
      "padding: 8px 20px; border: 2px solid #fff; border-radius: 24px; background: #14213d; color: #fff; cursor: pointer;" +
      "font: 600 16px/1.3 system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif; max-width: calc(100vw - 32px);";
    button.hidden = isOpen && small.matches;
    if (button.hidden) { button.style.display = "none"; }
    if (!frame) { return; }
    frame.style.cssText = "position: fixed; z-index: 2147483001; border: 0; background: #fff; color-scheme: light;" +
      (small.matches
        ? "top: 0; left: 0; width: 100%; height: 100%;"
        : "bottom: 80px; " + side + ": 16px; width: 400px; height: calc(100vh - 96px); max-height: 680px;" +
          "border: 1px solid #14213d; border-radius: 12px; box-shadow: 0 4px 24px rgba(0, 0, 0, .3);") +
      (isOpen ? "" : "display: none;");
  }

  function say() {
    name.textContent = labels[language][isOpen ? 1 : 0];
    count.textContent = unread && !isOpen ? " (" + unread + ")" : "";
    button.lang = language;
    button.dir = labels[language][3];
    button.setAttribute("aria-expanded", String(isOpen));
  }

  // On a phone the chat covers the page; what lies behind it must not be reached by the keyboard.
  function cover() {
    hidden.forEach(function (one) { one.inert = false; });
    hidden = [];
    if (!isOpen || !small.matches) { return; }
    hidden = [].filter.call(document.body.children, function (one) { return one !== host && !one.inert; });
    hidden.forEach(function (one) { one.inert = true; });
  }

  function tell(message) {
    if (frame && ready) { frame.contentWindow.postMessage(message, origin); }
  }

  function set(value, byPerson) {
    isOpen = value;
    if (isOpen && !frame) {
      frame = document.createElement("iframe");
      frame.id = "baken-frame";
      frame.title = labels[language][2];
      frame.referrerPolicy = "no-referrer";
      frame.src = origin + "/embed?language=" + language;
      frame.wantsFocus = byPerson;
      root.append(frame);
    }
    if (isOpen) { unread = 0; }
    paint();
    say();
    cover();
    tell({ baken: isOpen ? "opened" : "closed", focus: byPerson });
    if (isOpen && byPerson) { frame.focus(); }
    if (!isOpen && byPerson) { button.focus(); }
  }

  // Quick exit: everything is covered at once, the chat forgets, and this page gives way to a neutral one.
  function leave(cleared) {
    var cover = document.createElement("div");
    cover.style.cssText = "position: fixed; top: 0; left: 0; width: 100%; height: 100%; background: #fff; z-index: 2147483647;";
    root.append(cover);
    document.title = " ";
    if (!cleared) { tell({ baken: "forget" }); }
    window.setTimeout(function () { window.location.replace(exit); }, cleared || !frame ? 0 : 100);
  }

  var pressed = 0, last = 0, before = false;
  document.addEventListener("keyup", function (event) {
    if (event.key !== "Shift" || before) { pressed = 0; before = event.shiftKey; return; }
    var now = Date.now();
    if (!pressed || now - last > 5000) { pressed = 0; last = now; }
    pressed += 1;
    if (pressed === 3 && frame) { leave(false); }
  });

  window.addEventListener("message", function (event) {
    if (event.origin !== origin || !frame || event.source !== frame.contentWindow || !event.data) { return; }
    var message = event.data;
    if (message.baken === "ready") { ready = true; tell({ baken: isOpen ? "opened" : "closed", focus: frame.wantsFocus }); }
    if (message.baken === "close") { set(false, true); }
    if (message.baken === "exit") { leave(true); }
    if (message.baken === "unread" && !isOpen) { unread = Number(message.count) || 0; say(); }
    if (message.baken === "language" && labels[message.language]) {
      language = message.language;
      frame.title = labels[language][2];
      say();
    }
  });

  button.addEventListener("click", function () { set(!isOpen, true); });
  small.addListener(function () { paint(); cover(); });
  function start() {
    document.body.append(host);
    paint();
    say();
    if (script.hasAttribute("data-open")) { set(true, false); }
  }
  if (document.body) { start(); } else { document.addEventListener("DOMContentLoaded", start); }
})();
