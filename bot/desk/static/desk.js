// Keeps the desk's pages up to date, rings for a new case, shows who writes. Everything works without it, after a reload.
"use strict";
(() => {
  const one = (id) => document.getElementById(id);
  const page = one("case");
  const number = page ? page.dataset.case : "";
  const csrf = JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRF-Token"];
  const draft = `draft-${number}`;
  let typingUntil = 0;
  let leaving = false; // a form is on its way: the page that it leads to is new anyway
  document.addEventListener("submit", (event) => { if (!event.target.hasAttribute("hx-post")) leaving = true; });

  // -- news ---------------------------------------------------------------------------------------------------
  let first = true;
  const source = new EventSource("/desk/live" + (number ? `?case=${number}` : ""));
  const line = one("line");
  source.onopen = () => { if (line) line.textContent = ""; };
  source.onerror = () => { if (line) line.textContent = line.dataset.lost; };
  source.addEventListener("queue", () => { if (first) { first = false; } htmx.trigger(document.body, "queue"); });
  // #more is replaced by its answer, and with it whatever waited in line there: what is told meanwhile is asked after it
  let asking = false, again = false;
  const refresh = () => {
    if (asking) { again = true; return; }
    asking = true;
    again = false;
    htmx.trigger(document.body, "talk");
  };
  const asked = () => { asking = false; if (again) refresh(); };
  source.addEventListener("talk", refresh);
  for (const name of ["htmx:responseError", "htmx:sendError", "htmx:timeout"]) document.body.addEventListener(name, asked);
  source.addEventListener("gone", () => { source.close(); location.assign("/staff/sign-in"); });
  source.addEventListener("typing", () => {
    const typing = one("typing");
    if (!typing) return;
    typing.textContent = typing.dataset.text;
    typingUntil = Date.now() + 6000;
    setTimeout(() => { if (Date.now() >= typingUntil) typing.textContent = ""; }, 6100);
  });
  addEventListener("pagehide", () => source.close());

  // -- a new case ---------------------------------------------------------------------------------------------
  const ring = one("ring");
  let sound = null;
  let newest = Number(document.querySelector("[data-newest]")?.dataset.newest || 0);

  function beep() {
    if (!sound) return;
    const tone = sound.createOscillator(), loud = sound.createGain();
    tone.frequency.value = 660;
    loud.gain.setValueAtTime(0.15, sound.currentTime);
    loud.gain.exponentialRampToValueAtTime(0.001, sound.currentTime + 0.6);
    tone.connect(loud).connect(sound.destination);
    tone.start();
    tone.stop(sound.currentTime + 0.6);
  }

  ring?.addEventListener("click", async () => {
    if (ring.getAttribute("aria-pressed") === "true") {
      ring.setAttribute("aria-pressed", "false");
      sound?.close();
      sound = null;
      return;
    }
    ring.setAttribute("aria-pressed", "true");
    sound = new AudioContext();
    beep();
    if ("Notification" in window && Notification.permission === "default") await Notification.requestPermission();
  });

  function announceNew() {
    const news = one("news");
    if (news) { news.textContent = ""; setTimeout(() => { news.textContent = news.dataset.new; }, 50); }
    if (ring?.getAttribute("aria-pressed") !== "true") return;
    beep();
    if ("Notification" in window && Notification.permission === "granted") {
      new Notification(ring.dataset.title, { body: ring.dataset.text, tag: "baken-case" });
    }
  }

  // -- the talk -----------------------------------------------------------------------------------------------
  const log = one("log");
  const atEnd = () => log.scrollHeight - log.scrollTop - log.clientHeight < 80;
  let stayAtEnd = true;
  const toEnd = () => { log.scrollTop = log.scrollHeight; };
  if (log) toEnd();

  document.body.addEventListener("htmx:beforeSwap", () => { if (log) stayAtEnd = atEnd(); });
  document.body.addEventListener("htmx:afterSettle", (event) => {
    const now = Number(document.querySelector("[data-newest]")?.dataset.newest || 0);
    if (page) {
      if (event.detail.elt?.id === "more" || event.target?.id === "more") asked();
      const stand = one("more")?.dataset.stand;
      if (stand && stand !== page.dataset.stand) { if (!leaving) { keep(); location.reload(); } return; }
      if (now > newest) { newest = now; announceTalk(); if (stayAtEnd) toEnd(); }
      if (event.detail.target?.id === "written") { sessionStorage.removeItem(draft); one("text")?.focus(); }
    } else if (now > newest) { newest = now; announceNew(); }
  });
  function announceTalk() {
    const last = log.querySelector(".message:nth-last-of-type(2)");
    const news = one("news");
    if (news && last?.classList.contains("person")) news.textContent = news.dataset.new;
    const typing = one("typing");
    if (typing) typing.textContent = "";
  }

  // -- writing ------------------------------------------------------------------------------------------------
  let told = 0;
  document.addEventListener("input", (event) => {
    if (event.target.id !== "text") return;
    if (Date.now() - told > 3000 && event.target.value) {
      told = Date.now();
      fetch(`/desk/cases/${number}/writing`, { method: "POST", headers: { "X-CSRF-Token": csrf } }).catch(() => {});
    }
  });
  document.addEventListener("keydown", (event) => {
    if (event.target.id === "text" && event.key === "Enter" && (event.ctrlKey || event.metaKey)) one("say").requestSubmit();
  });
  document.addEventListener("click", (event) => {
    const insert = event.target.closest?.(".insert");
    const text = one("text");
    if (!insert || !text) return;
    text.value = text.value ? `${text.value}\n\n${insert.dataset.text}` : insert.dataset.text;
    const plain = one("plain");
    if (plain) plain.checked = true;
    text.focus();
  });
  const keep = () => { const text = one("text"); if (text?.value) sessionStorage.setItem(draft, text.value); };
  const text = one("text"), kept = sessionStorage.getItem(draft);
  if (text && kept && !text.value) text.value = kept;
  sessionStorage.removeItem(draft);
})();
