// Quick exit, after the component of GOV.UK: a button at the top, a link to it as the first stop of the Tab key, and
// Shift pressed three times within five seconds. The page is covered at once, the talk is forgotten, and a neutral site
// takes its place in the history.

import { countShiftPresses, WINDOW_MS } from "../shared/triple-shift.js";
import { byId, createElement } from "./dom.js";
import { hasParent, tellParent } from "./parent-page.js";
import { forgetConversation } from "./session.js";
import { stopSpeaking } from "./speech.js";
import { setup, state } from "./state.js";
import { setStatus } from "./status-line.js";

/** How long the page around has to leave, before this frame does it alone. */
const PARENT_MS = 700;

/** Covers the page and forgets. A talk that waits for an advisor, or has one, is kept on their side: it is a case. */
export function coverAndForget() {
  document.body.append(createElement("div", "gone"));
  document.title = " ";
  stopSpeaking();
  const conversation = state.conversation;
  const deleteToo = conversation && state.holder === "bot";
  forgetConversation();
  if (!deleteToo) { return; }
  // A request of fetch may outlive the page.
  fetch("/api/forget", {
    method: "POST", keepalive: true, headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ conversation }),
  }).catch(() => {});
}

function leave() {
  setStatus(state.words.leaving);
  coverAndForget();
  if (!hasParent()) {
    goToNeutralSite();
    return;
  }
  tellParent({ baken: "exit" });
  setTimeout(goToNeutralSite, PARENT_MS);
}

function goToNeutralSite() {
  try {
    /** @type {Window} */ (window.top).location.replace(setup.exit);
  } catch { window.location.replace(setup.exit); } // a page around that forbids it
}

function listenForShift() {
  let timer = 0;
  countShiftPresses((count) => {
    clearTimeout(timer);
    if (count === 3) {
      leave();
      return;
    }
    setStatus(count === 1 ? state.words.leave_two : state.words.leave_one);
    timer = window.setTimeout(() => setStatus(""), WINDOW_MS);
  });
}

export function listenForQuickExit() {
  ["leave", "leave-first"].forEach((id) => byId(id).addEventListener("click", (event) => {
    event.preventDefault();
    leave();
  }));
  listenForShift();
}
