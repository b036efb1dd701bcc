// The chat: no framework, no cookies, nothing from elsewhere. These files are put together into one by assets.py and
// share one scope. They keep to what Chrome 60 knows, for old telephones.

/** An element of the page by its id. */
function byId(id) { return document.getElementById(id); }

/** A new element with a class and a text. */
function make(tag, className, text) {
  const element = document.createElement(tag);
  if (className) { element.className = className; }
  if (text) { element.textContent = text; }
  return element;
}

const setup = JSON.parse(byId("setup").textContent);
const state = {
  words: JSON.parse(byId("words").textContent),
  conversation: "", // the secret of this talk: 32 hex digits, made at the first message
  last: 0,          // the newest row of the log that was shown
  holder: "bot",    // who answers: bot, waiting, human
  waiting: false,   // an answer is being written
};

// What this tab remembers: the conversation's secret, the language and what is not sent yet; never what was said. Where
// storage is blocked (a private window, a frame of another site) it lasts as long as the page is open.
const memory = {};
const NAMES = ["conversation", "language", "unsent"];
const store = {
  get(name) {
    try { return sessionStorage.getItem("baken." + name); } catch (blocked) { return memory[name] || null; }
  },
  set(name, value) {
    try { sessionStorage.setItem("baken." + name, value); } catch (blocked) { memory[name] = value; }
  },
  clear() {
    NAMES.forEach((name) => { delete memory[name]; });
    try { NAMES.forEach((name) => sessionStorage.removeItem("baken." + name)); } catch (blocked) { /* nothing is kept */ }
  },
};

/** 128 random bits as 32 hex digits. */
function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.prototype.map.call(bytes, (byte) => ("0" + byte.toString(16)).slice(-2)).join("");
}

const sleepers = new Set();

/** Waits; `wake` ends it early, when the network or the person comes back. */
function sleep(milliseconds) {
  return new Promise((done) => {
    const wake = () => { clearTimeout(timer); sleepers.delete(wake); done(); };
    const timer = setTimeout(wake, milliseconds);
    sleepers.add(wake);
  });
}

/** Milliseconds to wait before try number `tries`: 1, 2, 4 … 15 s, spread so that not everyone comes back at once. */
function backoff(tries) { return Math.min(15000, 1000 * Math.pow(2, tries)) * (0.75 + Math.random() / 2); }

const open = new Set(); // requests that are under way

/** POST as JSON. Gives {status, body, after}; status 0 where the network failed or took too long. */
function post(path, body, seconds, kind) {
  return new Promise((done) => {
    const request = new XMLHttpRequest();
    request.open("POST", path);
    request.timeout = (seconds || 15) * 1000;
    request.setRequestHeader("Content-Type", "application/json");
    request.responseType = kind || "text";
    const finish = (status) => {
      open.delete(request);
      let answer = null;
      try { answer = kind ? request.response : JSON.parse(request.responseText); } catch (notJson) { answer = null; }
      const ok = status !== 200 && status !== 202 ? status : answer === null ? 0 : status;
      done({ status: ok, body: answer, after: Number(status && request.getResponseHeader("Retry-After")) || 0 });
    };
    request.onload = () => finish(request.status);
    request.onerror = request.ontimeout = request.onabort = () => finish(0);
    open.add(request);
    request.send(JSON.stringify(body));
  });
}
