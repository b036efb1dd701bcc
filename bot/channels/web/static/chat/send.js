// What the person writes: shown at once, sent in order, each with an id that the server takes in only once, so that it
// can be sent again after any doubt.

let unsent = [];
let sending = false;

/** Says something: a text, or a pressed button with what it sends. */
function say(text, payload, group) {
  useUp(group);
  if (!state.conversation) {
    state.conversation = newId();
    store.set("conversation", state.conversation);
  }
  const entry = { id: newId(), text, language: state.words.language };
  if (payload) { entry.payload = payload; }
  unsent.push(entry);
  keepUnsent();
  mark(show({ me: true, key: entry.id, text }, true), "sending");
  deliver();
}

function keepUnsent() { store.set("unsent", JSON.stringify(unsent)); }

/** The state of one's own message under it: sending, sent, or not sent with a button to try again. */
function mark(item, how, again, at) {
  if (!item) { return; }
  const meta = item.querySelector(".meta");
  meta.textContent = "";
  item.setAttribute("data-state", how);
  if (how === "failed") {
    const button = make("button", "plain failed", state.words.retry);
    button.type = "button";
    button.addEventListener("click", again);
    meta.append(button);
  } else { meta.append((time({ at }) + " " + state.words[how]).trim()); }
}

async function deliver() {
  if (sending) { return; }
  sending = true;
  for (let tries = 0; unsent.length;) {
    const entry = unsent[0], talk = state.conversation;
    const answer = await post("/api/messages", Object.assign({ conversation: talk }, entry));
    if (talk !== state.conversation || unsent[0] !== entry) { continue; } // cleared meanwhile
    const busy = answer.status === 429 || answer.status === 503;
    if (answer.status === 202) {
      unsent.shift();
      keepUnsent();
      tries = 0;
      mark(shown.get(entry.id), "sent");
      online();
      working();
      poll();
    } else if (answer.status === 0 || answer.status >= 500 || answer.status === 429) {
      if (busy) { status(state.words.busy); } else { offline(); }
      await sleep(answer.after ? answer.after * 1000 : backoff(tries));
      tries += 1;
    } else {
      unsent.shift();
      keepUnsent();
      refused(entry, answer.status);
    }
  }
  sending = false;
}

function refused(entry, code) {
  status(code === 413 ? state.words.too_long : state.words.not_sent);
  const item = shown.get(entry.id);
  mark(item, "failed", () => {
    item.remove();
    shown.delete(entry.id);
    byId("text").value = entry.payload ? "" : entry.text;
    byId("text").focus();
    status("");
    if (entry.payload) { say(entry.text, entry.payload); }
  });
}

/** After a while without an answer the page says that one is being written. */
function working() {
  if (state.holder === "human") { return; }
  state.waiting = true;
  setTimeout(() => { if (state.waiting) { typing(true); } }, 400);
}

function typing(on) {
  if (on) { status(state.holder === "human" ? state.words.typing_person : state.words.typing, true); }
  else if (byId("status").classList.contains("dots")) { status(""); }
}

// Where a person answers, they see that one is writing: at most once in four seconds.
let typed = 0;
function tellTyping() {
  if (state.holder !== "human" || !state.conversation || Date.now() - typed < 4000) { return; }
  typed = Date.now();
  post("/api/typing", { conversation: state.conversation });
}
