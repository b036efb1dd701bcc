// The conversation on the page. An entry is a message as /api/poll gives it; one's own has `key`, the id that this page
// made for it, and is shown before the server has it.

const shown = new Map(); // key or row id -> the list item

function nameOf(entry) {
  if (entry.me) { return state.words.you; }
  return entry.author === "advisor" ? entry.by || state.words.advisor : "Baken";
}

function time(entry) {
  if (!entry.at) { return ""; }
  const form = { hour: "2-digit", minute: "2-digit", hour12: false };
  return new Date(entry.at).toLocaleTimeString(state.words.language + "-u-nu-latn", form);
}

/** Puts an entry at the end of the conversation. `live`: it is new, and read out where it is not one's own. */
function show(entry, live) {
  const item = make("li", (entry.me ? "me" : entry.author || "bot") + (entry.me ? "" : " baken"));
  if (entry.safety) { item.classList.add("safety"); }
  if (entry.language && !entry.me) { item.lang = entry.language; }
  item.tabIndex = -1;
  if (entry.id) { item.setAttribute("data-row", entry.id); }
  const bubble = make("div", "bubble");
  bubble.dir = entry.me || entry.author === "advisor" ? "auto" : entry.direction || "auto";
  bubble.append(make("span", entry.author === "advisor" ? "who" : "unseen", nameOf(entry) + ": "));
  body(bubble, entry);
  if (entry.document) { bubble.append(fileButton(entry.document)); }
  item.append(bubble);
  const meta = make("div", "meta", time(entry));
  item.append(meta);
  if (!entry.me) { addListen(meta, entry); }
  if (entry.buttons && entry.buttons.length) { item.append(choices(entry)); }
  byId("messages").append(item);
  shown.set(entry.key || entry.id, item);
  if (live && !entry.me) { readOut(entry); }
  stop(item);
  scroll(item);
  return item;
}

function body(bubble, entry) {
  const text = make("div", "text");
  const translated = entry.author === "advisor" && entry.translated;
  if (entry.me) { text.append(entry.text); } else { linked(text, translated || entry.text); }
  bubble.append(text);
  if (!translated) { return; }
  if (entry.translated_to) { text.lang = entry.translated_to; }
  bubble.append(make("div", "meta", state.words.translated));
  const original = make("div", "original");
  original.dir = "auto";
  original.lang = "";
  original.append(make("div", "meta", state.words.original), make("div", "text", entry.text));
  bubble.append(original);
}

function choices(entry) {
  const group = make("div", "choices");
  group.dir = entry.direction || "auto";
  entry.buttons.forEach((choice) => {
    const button = make("button", "", choice.title);
    button.type = "button";
    button.tabIndex = -1;
    button.setAttribute("aria-disabled", "false");
    button.addEventListener("click", () => {
      if (button.getAttribute("aria-disabled") === "true") { return; }
      chosen(button);
      say(choice.title, choice.payload, group);
    });
    group.append(button);
  });
  return group;
}

function chosen(button) {
  button.classList.add("chosen");
  button.append(make("span", "unseen", ", " + state.words.chosen));
}

/** Buttons that were answered are used up: those of one message, or after free words all. They stay, keep the focus,
 * and say so to screen readers. */
function useUp(group) {
  (group || byId("messages")).querySelectorAll("button[aria-disabled='false']").forEach((button) => {
    button.setAttribute("aria-disabled", "true");
  });
}

/** In a talk that is shown again: the choices that a message of one's own came from, its button marked. */
function groupOf(text) {
  const open = document.querySelectorAll(".choices button[aria-disabled='false']");
  const button = Array.from(open).find((one) => one.textContent === text);
  if (button) { chosen(button); }
  return button && button.parentNode;
}

/** The live region has only what is new, so that the conversation is never read from the start. */
function readOut(entry) {
  const line = make("p", "", nameOf(entry) + ": " + (entry.translated || entry.text));
  line.lang = entry.language || "";
  const heard = byId("heard");
  heard.append(line);
  while (heard.children.length > 3) { heard.firstChild.remove(); }
}

/** Leaving the queue, or leaving a person: not the same words. */
function backWord() { return state.holder === "human" ? state.words.back : state.words.stop_waiting; }

/** The person reads from their own question down: that stays at the top of what is seen. */
function scroll(item) {
  const log = byId("log"), mine = document.querySelectorAll("#messages > .me");
  const top = mine.length ? mine[mine.length - 1] : item;
  log.scrollTop = top.offsetTop - 8;
  if (log.scrollHeight <= log.clientHeight + 1 && document.body.scrollHeight > window.innerHeight) {
    top.scrollIntoView();
  }
}

function greet() {
  const words = state.words;
  show({ id: 0, text: words.greeting, language: words.language, direction: words.direction,
    buttons: [{ title: words.menu, payload: "/menu" }] }, false);
}

function showHolder() {
  const words = state.words, holder = state.holder;
  byId("holder").hidden = holder === "bot";
  const text = holder === "human" ? words.human : words.waiting;
  byId("back").textContent = backWord();
  if (holder !== "bot" && byId("holder-text").textContent !== text) { byId("holder-text").textContent = text; }
}
