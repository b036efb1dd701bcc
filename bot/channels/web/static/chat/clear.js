// Deleting the talk, here and on the server; and the file that a message brings.

function listenToClear() {
  const ask = (on) => {
    byId("clear").hidden = on;
    byId("sure").hidden = !on;
    byId(on ? "clear-no" : "clear").focus();
  };
  byId("clear").addEventListener("click", () => ask(true));
  byId("clear-no").addEventListener("click", () => ask(false));
  byId("clear-yes").addEventListener("click", async () => {
    ask(false);
    if (await forget()) { status(state.words.cleared); }
  });
}

/** Deletes on the server first, and says that it is done only when it is. */
async function forget() {
  const talk = state.conversation;
  for (let tries = 0; talk; tries += 1) {
    const answer = await post("/api/forget", { conversation: talk });
    if (answer.status === 200) { break; }
    if (talk !== state.conversation) { return false; }
    offline();
    await sleep(backoff(tries));
  }
  isOffline = false;
  drop();
  startOver();
  return true;
}

/** This tab knows nothing of the talk any more. */
function drop() {
  unsent = [];
  state.conversation = "";
  store.clear();
  open.forEach((request) => request.abort());
  byId("text").value = "";
}

/** Fetched with the conversation's secret in the body, so that no address opens a person's file. */
function fileButton(file) {
  const button = make("button", "plain file", state.words.download + " (" + file.filename + ")");
  button.type = "button";
  button.tabIndex = -1;
  button.addEventListener("click", async () => {
    const answer = await post(file.address, { conversation: state.conversation }, 60, "blob");
    if (answer.status !== 200) { status(state.words.no_file); return; }
    const link = make("a");
    link.href = URL.createObjectURL(answer.body);
    link.download = file.filename;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60000);
  });
  return button;
}
