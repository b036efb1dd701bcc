// The chat page: no framework, no cookies, nothing from elsewhere. What was said is kept in this browser tab only
// (sessionStorage) so that a reload shows it again.
const byId = (id) => document.getElementById(id);
const log = byId("log"), form = byId("form"), text = byId("text"), picker = byId("language");
const store = {
  get(name) { try { return sessionStorage.getItem("baken." + name); } catch { return null; } },
  set(name, value) { try { sessionStorage.setItem("baken." + name, value); } catch { /* private mode: not kept */ } },
  clear() { try { ["conversation", "log", "language"].forEach((n) => sessionStorage.removeItem("baken." + n)); } catch { /* */ } },
};
const newId = () => [...crypto.getRandomValues(new Uint8Array(16))].map((b) => b.toString(16).padStart(2, "0")).join("");

let conversation = store.get("conversation") || newId();
store.set("conversation", conversation);
let said = JSON.parse(store.get("log") || "[]");
let words = {};
let sending = Promise.resolve();

async function load(language) {
  const answer = await fetch("/api/texts/" + encodeURIComponent(language));
  words = await answer.json();
  store.set("language", words.language);
  document.documentElement.lang = words.language;
  document.documentElement.dir = words.direction;
  document.title = "Baken – " + words.title;
  byId("title").textContent = words.title;
  byId("note").textContent = words.note;
  byId("text-label").textContent = words.placeholder;
  text.placeholder = words.placeholder;
  byId("send").textContent = words.send;
  byId("clear").textContent = words.clear;
  byId("language-label").textContent = words.language_label;
  log.setAttribute("aria-label", words.chat);
  picker.replaceChildren(...Object.entries(words.languages).map(([code, name]) => {
    const option = new Option(name, code, false, code === words.language);
    option.lang = code;
    return option;
  }));
}

function linked(target, content) {
  // Addresses and the telephone numbers that Baken knows can be tapped; everything else is plain text, never HTML.
  const escaped = words.phones.map((phone) => phone.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  const pattern = new RegExp("(https?://[^\\s»]+[^\\s».,;:)])|(?<![\\d-])(" + escaped.join("|") + ")(?![\\d-])", "g");
  let last = 0;
  for (const match of content.matchAll(pattern)) {
    target.append(content.slice(last, match.index));
    const link = document.createElement("a");
    link.textContent = match[0];
    link.dir = "ltr";
    if (match[1]) { link.href = match[1]; link.target = "_blank"; link.rel = "noopener noreferrer"; }
    else { link.href = "tel:" + match[0].replace(/[^\d+]/g, ""); }
    target.append(link);
    last = match.index + match[0].length;
  }
  target.append(content.slice(last));
}

function show(entry, { live = false, last = false } = {}) {
  const item = document.createElement("li");
  item.className = (entry.me ? "me" : "baken") + (entry.safety ? " safety" : "");
  if (entry.language) { item.lang = entry.language; }
  const bubble = document.createElement("div");
  bubble.className = "bubble";
  bubble.dir = entry.me ? "auto" : entry.direction;
  const who = document.createElement("span");
  who.className = "visually-hidden";
  who.textContent = (entry.me ? words.you : "Baken") + ": ";
  bubble.append(who);
  if (entry.me) { bubble.append(entry.text); } else { linked(bubble, entry.text); }
  if (entry.document) {
    const file = document.createElement("a");
    file.className = "file";
    file.href = entry.document.address;
    file.download = entry.document.filename;
    file.textContent = words.download + " (PDF)";
    bubble.append(document.createElement("br"), file);
  }
  item.append(bubble);
  if (entry.buttons && entry.buttons.length) {
    const choices = document.createElement("div");
    choices.className = "choices";
    choices.dir = entry.direction;
    for (const choice of entry.buttons) {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = choice.title;
      if (!last) { button.setAttribute("aria-disabled", "true"); }
      button.addEventListener("click", () => {
        if (button.getAttribute("aria-disabled") === "true") { return; }
        button.classList.add("chosen");
        send(choice.payload, choice.title);
      });
      choices.append(button);
    }
    item.append(choices);
  }
  log.append(item);
  if (live && !entry.me) {
    const note = document.createElement("p");
    note.textContent = entry.text;
    note.lang = entry.language;
    byId("heard").replaceChildren(note);
  }
  // The person reads from their own question down: that stays at the top of what is seen.
  const mine = [...log.querySelectorAll(".me")].pop() || item;
  log.scrollTop = mine.offsetTop - log.offsetTop - 8;
}

function keep(entry) {
  said.push(entry);
  said = said.slice(-100);
  store.set("log", JSON.stringify(said));
}

function usedUp() {
  for (const button of log.querySelectorAll(".choices button")) { button.setAttribute("aria-disabled", "true"); }
}

function send(payload, title) {
  usedUp();
  const mine = { me: true, text: title };
  keep(mine);
  show(mine);
  sending = sending.then(() => deliver(payload));
}

async function deliver(payload) {
  const status = byId("status");
  status.textContent = words.typing + " …";
  for (let wait = 1000; ; wait = Math.min(wait * 2, 15000)) {
    try {
      const answer = await fetch("/api/messages", {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ conversation, text: payload, language: words.language }),
      });
      if (answer.status >= 500) { throw new Error("server"); }
      if (!answer.ok) { status.textContent = words.retry; return; }
      const turn = await answer.json();
      status.textContent = "";
      if (turn.language !== words.language && words.languages[turn.language]) { await load(turn.language); }
      turn.replies.forEach((reply, number) => {
        const entry = { me: false, text: reply.text, buttons: reply.buttons, document: reply.document, safety: turn.safety,
          language: turn.language, direction: turn.direction };
        keep(entry);
        show(entry, { live: true, last: number === turn.replies.length - 1 });
      });
      return;
    } catch {
      status.textContent = words.offline;
      await new Promise((done) => setTimeout(done, wait));
    }
  }
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const typed = text.value.trim();
  if (!typed) { text.focus(); return; }
  text.value = "";
  send(typed.startsWith("/") ? " " + typed : typed, typed);
  text.focus();
});
text.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); form.requestSubmit(); }
});
picker.addEventListener("change", () => {
  send(`/set_language{"code": "${picker.value}"}`, picker.selectedOptions[0].textContent);
});
byId("clear").addEventListener("click", async () => {
  await fetch("/api/forget", { method: "POST", headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ conversation }) }).catch(() => {});
  const language = words.language;
  store.clear();
  said = [];
  conversation = newId();
  store.set("conversation", conversation);
  store.set("language", language);
  log.replaceChildren();
  byId("status").textContent = words.cleared;
  greet();
});

function greet() {
  const entry = { me: false, text: words.greeting, language: words.language, direction: words.direction,
    buttons: [{ title: words.menu, payload: "/menu" }] };
  keep(entry);
  show(entry, { last: true });
}

await load(store.get("language") || navigator.language || "en");
if (said.length) { said.forEach((entry, number) => show(entry, { last: number === said.length - 1 })); } else { greet(); }
