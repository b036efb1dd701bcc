// The conversation is one stop of the Tab key; within it the arrow keys go from message to message and to the links and
// buttons in them. Coming from the text field, the stop is the first choice of the newest message.

function stops() {
  const all = Array.from(document.querySelectorAll("#messages > li, #messages a, #messages button"));
  return all.filter((one) => one.offsetParent);
}

/** Makes an item, or the first choice in it, the place where Tab enters the conversation. */
function stop(item) {
  const old = document.querySelector("#messages [tabindex='0']");
  if (old && old === document.activeElement) { return; }
  if (old) { old.tabIndex = -1; }
  (item.querySelector(".choices button") || item).tabIndex = 0;
}

function listenToKeys() {
  const messages = byId("messages");
  messages.addEventListener("keydown", (event) => {
    const all = stops(), here = all.indexOf(document.activeElement);
    const step = state.words.direction === "rtl" ? -1 : 1;
    const moves = { ArrowDown: here + 1, ArrowUp: here - 1, ArrowRight: here + step, ArrowLeft: here - step,
      Home: 0, End: all.length - 1 };
    if (here < 0 || event.ctrlKey || event.altKey || event.metaKey || !(event.key in moves)) { return; }
    event.preventDefault();
    const next = all[Math.max(0, Math.min(all.length - 1, moves[event.key]))];
    next.focus();
    next.scrollIntoView({ block: "nearest" });
  });
  messages.addEventListener("focusin", (event) => {
    const old = messages.querySelector("[tabindex='0']");
    if (old) { old.tabIndex = -1; }
    event.target.tabIndex = 0;
  });
  messages.addEventListener("focusout", (event) => {
    if (messages.contains(event.relatedTarget)) { return; }
    setTimeout(() => {
      if (!messages.contains(document.activeElement) && messages.lastElementChild) { stop(messages.lastElementChild); }
    });
  });
}
