// Keeps the desk's pages up to date, rings for a new case, shows who writes. Everything works without it, after a reload.

/** @type {{ trigger(element: Element, name: string): void }} htmx.min.js, which the page loads before */
const htmx = /** @type {any} */ (window).htmx;

/** @param {string} id */
const byId = (id) => document.getElementById(id);
const textField = () => /** @type {HTMLTextAreaElement | null} */ (byId("text"));
/** @param {Event} event */
const targetOf = (event) => /** @type {HTMLElement} */ (event.target);

const caseElement = byId("case"); // null on the list of cases
const caseNumber = caseElement ? caseElement.dataset.case : "";
const csrf = JSON.parse(document.body.getAttribute("hx-headers") || "{}")["X-CSRF-Token"];
let leaving = false; // a form is on its way: the page that it leads to is new anyway
document.addEventListener("submit", (event) => { if (!targetOf(event).hasAttribute("hx-post")) leaving = true; });

// -- news -----------------------------------------------------------------------------------------------------
const source = new EventSource(caseNumber ? `/desk/live?case=${caseNumber}` : "/desk/live");
const connectionLine = byId("line");
source.onopen = () => { if (connectionLine) connectionLine.textContent = ""; };
source.onerror = () => { if (connectionLine) connectionLine.textContent = connectionLine.dataset.lost || ""; };
source.addEventListener("queue", () => htmx.trigger(document.body, "queue"));
// #more is replaced by its answer, and with it whatever waited in line there: what is told meanwhile is asked after it
let fetching = false;
let fetchAgain = false;
function fetchTalk() {
  fetchAgain = fetching;
  if (fetching) return;
  fetching = true;
  htmx.trigger(document.body, "talk");
}
function talkFetched() {
  fetching = false;
  if (fetchAgain) fetchTalk();
}
source.addEventListener("talk", fetchTalk);
for (const failure of ["htmx:responseError", "htmx:sendError", "htmx:timeout"]) {
  document.body.addEventListener(failure, talkFetched);
}
source.addEventListener("gone", () => {
  source.close();
  window.location.assign("/staff/sign-in");
});
window.addEventListener("pagehide", () => source.close());

const TYPING_MS = 6000;
let typingUntil = 0;
source.addEventListener("typing", () => {
  const typing = byId("typing");
  if (!typing) return;
  typing.textContent = typing.dataset.text || "";
  typingUntil = Date.now() + TYPING_MS;
  setTimeout(() => { if (Date.now() >= typingUntil) typing.textContent = ""; }, TYPING_MS + 100);
});

// -- a new case -----------------------------------------------------------------------------------------------
const ringButton = byId("ring");
/** @type {AudioContext | null} */
let audio = null;

function beep() {
  if (!audio) return;
  const tone = audio.createOscillator();
  const volume = audio.createGain();
  tone.frequency.value = 660;
  volume.gain.setValueAtTime(0.15, audio.currentTime);
  volume.gain.exponentialRampToValueAtTime(0.001, audio.currentTime + 0.6);
  tone.connect(volume).connect(audio.destination);
  tone.start();
  tone.stop(audio.currentTime + 0.6);
}

ringButton?.addEventListener("click", async () => {
  if (ringButton.getAttribute("aria-pressed") === "true") {
    ringButton.setAttribute("aria-pressed", "false");
    audio?.close();
    audio = null;
    return;
  }
  ringButton.setAttribute("aria-pressed", "true");
  audio = new AudioContext();
  beep();
  if ("Notification" in window && Notification.permission === "default") await Notification.requestPermission();
});

function announceCase() {
  const news = byId("news");
  if (news) {
    news.textContent = "";
    setTimeout(() => { news.textContent = news.dataset.new || ""; }, 50);
  }
  if (ringButton?.getAttribute("aria-pressed") !== "true") return;
  beep();
  if ("Notification" in window && Notification.permission === "granted") {
    new Notification(ringButton.dataset.title || "", { body: ringButton.dataset.text, tag: "baken-case" });
  }
}

// -- the talk -------------------------------------------------------------------------------------------------
const log = byId("log");
let stayAtEnd = true;
function scrollToEnd() { if (log) log.scrollTop = log.scrollHeight; }
scrollToEnd();

function announceMessage() {
  const last = log?.querySelector(".message:nth-last-of-type(2)");
  const news = byId("news");
  if (news && last?.classList.contains("person")) news.textContent = news.dataset.new || "";
  const typing = byId("typing");
  if (typing) typing.textContent = "";
}

/** The newest row that the page shows. */
function newestRow() {
  const marked = /** @type {HTMLElement | null} */ (document.querySelector("[data-newest]"));
  return Number(marked?.dataset.newest || 0);
}
let newest = newestRow();

document.body.addEventListener("htmx:beforeSwap", () => {
  if (log) stayAtEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 80;
});
document.body.addEventListener("htmx:afterSettle", (settled) => {
  const event = /** @type {CustomEvent<{ elt?: Element, target?: Element }>} */ (settled);
  const row = newestRow();
  const isNew = row > newest;
  newest = Math.max(row, newest);
  if (!caseElement) {
    if (isNew) announceCase();
    return;
  }
  if (event.detail.elt?.id === "more" || targetOf(event)?.id === "more") talkFetched();
  const stand = byId("more")?.dataset.stand;
  if (stand && stand !== caseElement.dataset.stand) { // the case is somebody else's now, or closed: another page
    if (!leaving) {
      keepDraft();
      window.location.reload();
    }
    return;
  }
  if (isNew) {
    announceMessage();
    if (stayAtEnd) scrollToEnd();
  }
  if (event.detail.target?.id === "written") {
    sessionStorage.removeItem(draftKey);
    textField()?.focus();
  }
});

// -- writing --------------------------------------------------------------------------------------------------
const draftKey = `draft-${caseNumber}`;
function keepDraft() {
  const field = textField();
  if (field?.value) sessionStorage.setItem(draftKey, field.value);
}
function restoreDraft() {
  const field = textField();
  const draft = sessionStorage.getItem(draftKey);
  if (field && draft && !field.value) field.value = draft;
  sessionStorage.removeItem(draftKey);
}
restoreDraft();

const NOTIFY_EVERY_MS = 3000;
let notifiedAt = 0;
document.addEventListener("input", (event) => {
  if (targetOf(event).id !== "text" || !textField()?.value || Date.now() - notifiedAt <= NOTIFY_EVERY_MS) return;
  notifiedAt = Date.now();
  fetch(`/desk/cases/${caseNumber}/writing`, { method: "POST", headers: { "X-CSRF-Token": csrf } }).catch(() => {});
});
document.addEventListener("keydown", (event) => {
  if (targetOf(event).id !== "text" || event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
  /** @type {HTMLFormElement | null} */ (byId("say"))?.requestSubmit();
});
document.addEventListener("click", (event) => {
  const insert = /** @type {HTMLElement | null} */ (targetOf(event).closest?.(".insert"));
  const field = textField();
  if (!insert || !field) return;
  field.value = field.value ? `${field.value}\n\n${insert.dataset.text}` : insert.dataset.text || "";
  const untranslated = /** @type {HTMLInputElement | null} */ (byId("plain"));
  if (untranslated) untranslated.checked = true;
  field.focus();
});
