// Quick exit, after the component of GOV.UK: a button at the top, a link to it as the first stop of the Tab key, and
// Shift pressed three times within five seconds. The page is covered at once, the talk is forgotten, and a neutral site
// takes its place in the history.

/** Covers the page and forgets. A talk that waits for a person, or has one, is kept on their side: it is a case. */
function vanish() {
  document.body.append(make("div", "gone"));
  document.title = " ";
  quiet();
  const talk = state.conversation;
  const erase = talk && state.holder === "bot";
  drop();
  if (!erase) { return; }
  fetch("/api/forget", { method: "POST", keepalive: true, headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ conversation: talk }) }).catch(() => {});
}

function leave() {
  status(state.words.leaving);
  vanish();
  if (!page) { replace(); return; }
  tellPage({ baken: "exit" });
  setTimeout(replace, 700); // where the page around does not answer
}

function replace() {
  try { window.top.location.replace(setup.exit); } catch (notAllowed) { location.replace(setup.exit); }
}

function listenToLeave() {
  ["leave", "leave-first"].forEach((id) => byId(id).addEventListener("click", (event) => {
    event.preventDefault();
    leave();
  }));
  let pressed = 0, first = 0, before = false, timer = 0;
  document.addEventListener("keyup", (event) => {
    // Shift that was held for a capital letter does not count: the key before it came up with Shift down.
    if (event.key !== "Shift" || before) {
      pressed = 0;
      before = event.key !== "Shift" && event.shiftKey;
      return;
    }
    if (!pressed || Date.now() - first > 5000) { pressed = 0; first = Date.now(); }
    pressed += 1;
    clearTimeout(timer);
    if (pressed === 3) { leave(); return; }
    status(pressed === 1 ? state.words.leave_two : state.words.leave_one);
    timer = setTimeout(() => { pressed = 0; status(""); }, 5000);
  });
}
