// The talk with widget.js on the page around this frame. Nothing of what is said goes there: only open, close, leave,
// the language and how many messages are unread.

const inFrame = window.parent !== window;
let page = ""; // origin of the page around, known when its loader has spoken
let closed = false;

function isClosed() { return closed; }

function tellPage(message) { if (inFrame && page) { window.parent.postMessage(message, page); } }

function listenToPage() {
  if (!inFrame) { return; }
  window.addEventListener("message", (event) => {
    const message = event.data;
    const known = event.origin === location.origin || setup.origins.indexOf(event.origin) >= 0;
    if (event.source !== window.parent || !known || !message || !message.baken) { return; }
    if (!page) {
      page = event.origin;
      byId("close").hidden = false;
      tellPage({ baken: "language", language: state.words.language });
    }
    if (message.baken === "opened") { opened(message.focus); }
    if (message.baken === "closed") { closed = true; quiet(); }
    if (message.baken === "forget") { vanish(); }
  });
  byId("close").addEventListener("click", () => tellPage({ baken: "close" }));
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && page) { tellPage({ baken: "close" }); }
  });
  // Who is around is not known yet; "ready" says nothing about anyone.
  window.parent.postMessage({ baken: "ready" }, "*");
}

function opened(focus) {
  closed = false;
  unread = 0;
  if (!focus) { return; }
  // On a telephone the text field would bring up the keyboard over the greeting.
  const fine = window.matchMedia("(pointer: fine)").matches;
  byId(fine ? "text" : "top").focus();
}
