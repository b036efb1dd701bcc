// The telephone of /dev/phone: posts what a person does, shows what Baken sends. Development only.
const byId = (id) => document.getElementById(id);
const [log, state, person] = [byId("log"), byId("state"), byId("person")];
const media = { audio: "audio/ogg; codecs=opus", image: "image/jpeg", document: "application/pdf", sticker: "image/webp" };
let seen = 0;
let lastMine = "";
let lastTheirs = "";
let run = 0;

function line(kind, ...parts) {
  const item = document.createElement("li");
  item.className = kind;
  item.dir = "auto";
  item.append(...parts);
  log.append(item);
  log.scrollTop = log.scrollHeight;
  return item;
}

function element(name, text = "", more = {}) {
  return Object.assign(document.createElement(name), { textContent: text }, more);
}

async function say(message, shown) {
  const mine = line("mine", element("p", shown), element("small", "…"));
  const answer = await fetch("/dev/phone/say", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ person: person.value, message }),
  });
  const { status, id } = answer.ok ? await answer.json() : { status: answer.status };
  mine.querySelector("small").textContent = status === 200 ? "✓" : `webhook: ${status || "no answer"}`;
  if (status === 200 && message.type !== "reaction") {
    lastMine = id;
    mine.dataset.id = id;
  }
}

function built(kind, text) {
  if (kind === "text") return [{ type: kind, text: { body: text } }, text];
  if (media[kind]) {
    const file = { mime_type: media[kind], sha256: "", id: `phone${Date.now()}`, filename: "paper.pdf" };
    if (text) file.caption = text;
    return [{ type: kind, [kind]: file }, `(${kind}) ${text}`];
  }
  if (kind === "location") return [{ type: kind, location: { latitude: 52.370216, longitude: 4.895168 } }, "(location)"];
  if (kind === "contacts")
    return [{ type: kind, contacts: [{ name: { formatted_name: text || "Jan" }, phones: [{ phone: "+31 6 00000000" }] }] }, "(contact)"];
  if (kind === "reaction") return [{ type: kind, reaction: { message_id: lastTheirs, emoji: text || "👍" } }, text || "👍"];
  if (kind === "edit")
    return [{ type: kind, edit: { original_message_id: lastMine, message: { type: "text", text: { body: text } } } }, `(edited) ${text}`];
  if (kind === "revoke") return [{ type: kind, revoke: { original_message_id: lastMine } }, "(deleted)"];
  return [{ type: kind }, `(${kind})`];
}

byId("form").addEventListener("submit", (event) => {
  event.preventDefault();
  const [kind, text] = [byId("kind").value, byId("text").value];
  if (kind === "text" && !text) return;
  byId("text").value = "";
  byId("kind").value = "text";
  say(...built(kind, text));
});

function press(type, button, context) {
  const message = { type: "interactive", context: { id: context }, interactive: { type, [type]: button } };
  say(message, button.title);
}

function choices({ type, action }, context) {
  const box = element("div", "", { className: "choices" });
  if (type === "button")
    for (const { reply } of action.buttons) {
      const button = element("button", reply.title, { type: "button" });
      button.addEventListener("click", () => press("button_reply", reply, context));
      box.append(button);
    }
  else {
    const open = element("button", action.button, { type: "button" });
    open.addEventListener("click", () => {
      const rows = action.sections.flatMap((section) => section.rows);
      byId("sheet").querySelector("ol").replaceChildren(
        ...rows.map((row) => {
          const button = element("button", row.title, { type: "button" });
          button.addEventListener("click", () => { byId("sheet").close(); press("list_reply", row, context); });
          const item = document.createElement("li");
          item.append(button);
          return item;
        }),
      );
      byId("sheet").showModal();
    });
    box.append(open);
  }
  return box;
}

function show({ id, payload }) {
  const what = payload[payload.type];
  const parts = [];
  const file = payload.type === "document" ? what : what.header?.document;
  if (file) parts.push(element("a", `📄 ${file.filename ?? "file"}`, { href: `/dev/phone/files/${file.id}`, download: file.filename ?? "" }));
  const text = what.body?.text ?? what.body ?? what.caption ?? what.components?.[0].parameters[0].text ?? "";
  parts.push(element("p", payload.type === "template" ? `[template ${what.name}, ${what.language.code}] ${text}` : text));
  if (payload.type === "interactive") parts.push(choices(what, id));
  const raw = element("details");
  raw.append(element("summary", payload.type), element("pre", JSON.stringify(payload, null, 1)));
  parts.push(raw, element("small", "sending"));
  line("theirs", ...parts).dataset.id = id;
  lastTheirs = id;
}

function heard(event) {
  if (event.kind === "message") {
    state.textContent = "";
    show(event);
  } else if (event.kind === "read") {
    const mine = log.querySelector(`[data-id="${CSS.escape(event.message)}"] small`);
    if (mine) mine.textContent = "✓✓ read";
    if (mine && event.typing) state.textContent = "is typing…";
  } else {
    const theirs = log.querySelector(`[data-id="${CSS.escape(event.id)}"] small`);
    if (theirs) theirs.textContent = event.kind;
  }
}

async function listen(mine) {
  while (mine === run) {
    try {
      const answer = await fetch(`/dev/phone/events?person=${encodeURIComponent(person.value)}&after=${seen}`);
      if (mine !== run) return;
      for (const event of await answer.json()) {
        seen = event.n;
        heard(event);
      }
    } catch {
      await new Promise((later) => setTimeout(later, 1000));
    }
  }
}

function begin() {
  log.replaceChildren();
  state.textContent = "";
  seen = 0;
  listen(++run);
}

person.addEventListener("change", begin);
begin();
