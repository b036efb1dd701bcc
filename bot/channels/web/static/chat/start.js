// Puts it all together.

function listenToForm() {
  const form = byId("form"), text = byId("text");
  const submit = () => {
    const typed = text.value.trim();
    text.focus();
    if (!typed) { return; }
    text.value = "";
    say(typed);
  };
  form.addEventListener("submit", (event) => { event.preventDefault(); submit(); });
  text.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); submit(); }
  });
  text.addEventListener("input", tellTyping);
  byId("language").addEventListener("change", (event) => {
    const code = event.target.value;
    say(state.words.languages[code], '/set_language{"code": "' + code + '"}');
    changeLanguage(code);
  });
  byId("back").addEventListener("click", () => say(backWord(), "/leave_human"));
}

async function start() {
  listenToForm();
  listenToKeys();
  listenToClear();
  listenToLeave();
  listenToVoices();
  listenToPage();
  window.addEventListener("online", again);
  document.addEventListener("visibilitychange", again);
  await changeLanguage(store.get("language") || state.words.language);
  showHolder();
  greet();
  state.conversation = store.get("conversation") || "";
  if (!state.conversation) { return; }
  left = JSON.parse(store.get("unsent") || "[]");
  poll();
}

start();
