// The telephone of /dev/phone: posts what a person does, shows what Baken sends. Development only.

/** @typedef {Record<string, any>} Payload a message as Meta's Graph API describes it; `type` names its one other part */
/** @typedef {{ id: string, title: string }} Choice */
/**
 * @typedef {{ n: number } & (
 *   { kind: "message", id: string, payload: Payload }
 *   | { kind: "read", message: string, typing: boolean }
 *   | { kind: "sent" | "delivered", id: string }
 * )} PhoneEvent
 */

/**
 * @template {HTMLElement} T
 * @param {string} id
 * @param {new () => T} type
 * @returns {T}
 */
function byId(id, type) {
  const element = document.getElementById(id);
  if (!(element instanceof type)) throw new TypeError(`no such element: ${id}`);
  return element;
}

const log = byId("log", HTMLElement);
const stateLine = byId("state", HTMLElement);
const personField = byId("person", HTMLSelectElement);
const kindField = byId("kind", HTMLSelectElement);
const textField = byId("text", HTMLInputElement);
const sheet = byId("sheet", HTMLDialogElement);

/** @type {Record<string, string>} */
const MEDIA_TYPES = {
  audio: "audio/ogg; codecs=opus", image: "image/jpeg", document: "application/pdf", sticker: "image/webp",
};
const READ_MARK = "✓✓ read";
const RETRY_MS = 1000;

let lastEvent = 0;
/** @type {Set<string>} messages that were read: some before it is known here under which id they were sent */
const readIds = new Set();
let lastMine = "";
let lastTheirs = "";
/** Counts up when another person takes the telephone: what still waits for the one before then ends. */
let session = 0;

/**
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {string} [text]
 * @param {Partial<HTMLElementTagNameMap[Tag]>} [properties]
 */
function createElement(tag, text = "", properties = {}) {
  return Object.assign(document.createElement(tag), { textContent: text }, properties);
}

/**
 * @param {string} label
 * @param {() => void} onClick
 */
function createButton(label, onClick) {
  const button = createElement("button", label, { type: "button" });
  button.addEventListener("click", onClick);
  return button;
}

/**
 * @param {"mine" | "theirs"} side
 * @param {HTMLElement[]} parts
 */
function appendItem(side, ...parts) {
  const item = createElement("li", "", { className: side, dir: "auto" });
  item.append(...parts);
  log.append(item);
  log.scrollTop = log.scrollHeight;
  return item;
}

/**
 * What stands small under a message.
 * @param {Element | null} item
 * @param {string} text
 */
function setMark(item, text) {
  const mark = item?.querySelector("small");
  if (mark) mark.textContent = text;
}

/** @param {string} id */
const findItem = (id) => log.querySelector(`[data-id="${CSS.escape(id)}"]`);

// -- what the person does -------------------------------------------------------------------------------------

/**
 * @param {Payload} message
 * @param {string} shown
 */
async function send(message, shown) {
  const item = appendItem("mine", createElement("p", shown), createElement("small", "…"));
  const response = await fetch("/dev/phone/say", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ person: personField.value, message }),
  });
  /** @type {{ status: number, id: string }} */
  const answer = response.ok ? await response.json() : { status: response.status, id: "" };
  const sentMark = readIds.has(answer.id) ? READ_MARK : "✓";
  setMark(item, answer.status === 200 ? sentMark : `webhook: ${answer.status || "no answer"}`);
  if (answer.status === 200 && message.type !== "reaction") {
    lastMine = answer.id;
    item.dataset.id = answer.id;
  }
}

/**
 * A message of a kind, and how it is shown.
 * @param {string} kind
 * @param {string} text
 * @returns {[Payload, string]}
 */
function compose(kind, text) {
  if (MEDIA_TYPES[kind]) {
    const file = { mime_type: MEDIA_TYPES[kind], sha256: "", id: `phone${Date.now()}`, filename: "paper.pdf" };
    return [{ type: kind, [kind]: text ? { ...file, caption: text } : file }, `(${kind}) ${text}`];
  }
  switch (kind) {
    case "text":
      return [{ type: kind, text: { body: text } }, text];
    case "location":
      return [{ type: kind, location: { latitude: 52.370216, longitude: 4.895168 } }, "(location)"];
    case "contacts": {
      const card = { name: { formatted_name: text || "Jan" }, phones: [{ phone: "+31 6 00000000" }] };
      return [{ type: kind, contacts: [card] }, "(contact)"];
    }
    case "reaction":
      return [{ type: kind, reaction: { message_id: lastTheirs, emoji: text || "👍" } }, text || "👍"];
    case "edit": {
      const message = { type: "text", text: { body: text } };
      return [{ type: kind, edit: { original_message_id: lastMine, message } }, `(edited) ${text}`];
    }
    case "revoke":
      return [{ type: kind, revoke: { original_message_id: lastMine } }, "(deleted)"];
    default:
      return [{ type: kind }, `(${kind})`];
  }
}

byId("form", HTMLFormElement).addEventListener("submit", (event) => {
  event.preventDefault();
  const kind = kindField.value;
  const text = textField.value;
  if (kind === "text" && !text) return;
  textField.value = "";
  kindField.value = "text";
  send(...compose(kind, text));
});

/**
 * @param {"button_reply" | "list_reply"} type
 * @param {Choice} choice
 * @param {string} messageId that the choice stood under
 */
function choose(type, choice, messageId) {
  send({ type: "interactive", context: { id: messageId }, interactive: { type, [type]: choice } }, choice.title);
}

// -- what Baken sends -----------------------------------------------------------------------------------------

/**
 * The buttons under a message, or the one that opens its list.
 * @param {Payload} interactive
 * @param {string} messageId
 */
function renderChoices({ type, action }, messageId) {
  const box = createElement("div", "", { className: "choices" });
  if (type === "button") {
    /** @type {{ reply: Choice }[]} */
    const buttons = action.buttons;
    box.append(...buttons.map(({ reply }) => createButton(reply.title, () => choose("button_reply", reply, messageId))));
  } else {
    /** @type {{ rows: Choice[] }[]} */
    const sections = action.sections;
    box.append(createButton(action.button, () => openSheet(sections.flatMap((section) => section.rows), messageId)));
  }
  return box;
}

/**
 * @param {Choice[]} rows
 * @param {string} messageId
 */
function openSheet(rows, messageId) {
  const items = rows.map((row) => {
    const item = createElement("li");
    item.append(createButton(row.title, () => {
      sheet.close();
      choose("list_reply", row, messageId);
    }));
    return item;
  });
  sheet.querySelector("ol")?.replaceChildren(...items);
  sheet.showModal();
}

/**
 * @param {string} id
 * @param {Payload} payload
 */
function showMessage(id, payload) {
  const content = payload[payload.type];
  /** @type {HTMLElement[]} */
  const parts = [];
  const file = payload.type === "document" ? content : content.header?.document;
  if (file) {
    const link = { href: `/dev/phone/files/${file.id}`, download: file.filename ?? "" };
    parts.push(createElement("a", `📄 ${file.filename ?? "file"}`, link));
  }
  const text = content.body?.text ?? content.body ?? content.caption ?? content.components?.[0].parameters[0].text ?? "";
  const label = payload.type === "template" ? `[template ${content.name}, ${content.language.code}] ` : "";
  parts.push(createElement("p", label + text));
  if (payload.type === "interactive") parts.push(renderChoices(content, id));
  const raw = createElement("details");
  raw.append(createElement("summary", payload.type), createElement("pre", JSON.stringify(payload, null, 1)));
  parts.push(raw, createElement("small", "sending"));
  appendItem("theirs", ...parts).dataset.id = id;
  lastTheirs = id;
}

/** @param {PhoneEvent} event */
function receive(event) {
  switch (event.kind) {
    case "message":
      stateLine.textContent = "";
      showMessage(event.id, event.payload);
      break;
    case "read": {
      const item = findItem(event.message);
      readIds.add(event.message);
      setMark(item, READ_MARK);
      if (item && event.typing) stateLine.textContent = "is typing…";
      break;
    }
    default:
      setMark(findItem(event.id), event.kind);
  }
}

/** @param {number} mySession */
async function poll(mySession) {
  while (mySession === session) {
    try {
      const person = encodeURIComponent(personField.value);
      const response = await fetch(`/dev/phone/events?person=${person}&after=${lastEvent}`);
      /** @type {PhoneEvent[]} */
      const events = await response.json();
      if (mySession !== session) return;
      for (const event of events) {
        lastEvent = event.n;
        receive(event);
      }
    } catch {
      await new Promise((resolve) => { setTimeout(resolve, RETRY_MS); });
    }
  }
}

function start() {
  log.replaceChildren();
  stateLine.textContent = "";
  lastEvent = 0;
  session += 1;
  poll(session);
}

personField.addEventListener("change", start);
start();
