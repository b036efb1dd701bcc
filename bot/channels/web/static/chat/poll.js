// What the server has for this talk: a request that waits for news, again and again, so that neither WebSocket nor
// server-sent events are needed. After a break it goes on at the newest row that was shown, so nothing is lost.

let polling = false;
let unread = 0;
let isOffline = false;

function offline() {
  if (!isOffline) { status(state.words.offline); }
  isOffline = true;
}

function online() {
  if (!isOffline) { return; }
  isOffline = false;
  status(state.words.online);
  setTimeout(() => { if (byId("status").textContent === state.words.online) { status(""); } }, 5000);
}

async function poll() {
  if (polling) { return; }
  polling = true;
  for (let tries = 0, wait = 0; state.conversation;) {
    const talk = state.conversation;
    const sent = { conversation: talk, after: state.last, wait, typing: state.waiting, holder: state.holder };
    const answer = await post("/api/poll", sent, wait + 15);
    if (talk !== state.conversation) { continue; }
    if (answer.status === 200) {
      tries = 0;
      wait = 25;
      online();
      await take(answer.body);
      resume();
      if (!answer.body.known) { await sleep(1000); } // the first message is still on its way
    } else {
      if (answer.status !== 429) { offline(); }
      await sleep(answer.after ? answer.after * 1000 : backoff(tries));
      tries += 1;
      wait = 0;
    }
  }
  polling = false;
}

async function take(news) {
  if (!news.known && !unsent.length && !left.length) { // deleted on the other side, or too old
    if (state.last) { startOver(); }
    drop();
    return;
  }
  removeBefore(news.first);
  if (news.messages.length && news.language) { await changeLanguage(news.language); }
  const fresh = state.last > 0;
  news.messages.forEach((entry) => {
    if (entry.id <= state.last) { return; }
    state.last = entry.id;
    if (entry.me && shown.has(entry.key)) {
      shown.get(entry.key).setAttribute("data-row", entry.id);
      mark(shown.get(entry.key), "sent", null, entry.at);
      return;
    }
    if (entry.me) { useUp(groupOf(entry.text)); }
    const item = show(entry, fresh || state.waiting);
    if (entry.me) { mark(item, "sent", null, entry.at); }
    if (!entry.me && isClosed()) { unread += 1; }
  });
  if (news.messages.length) { tellPage({ baken: "unread", count: unread }); }
  state.holder = news.holder;
  showHolder();
  state.waiting = news.typing;
  typing(news.typing);
}

/** What was deleted on the other side goes from the page too. */
function removeBefore(first) {
  document.querySelectorAll("#messages > li").forEach((item) => {
    const row = Number(item.getAttribute("data-row"));
    if (row && row < first) { item.remove(); }
  });
}

/** After a reload, what was under way when the page went away is sent again; the server takes it in once. */
let left = [];
function resume() {
  const again = left.filter((entry) => !shown.has(entry.id));
  left = [];
  if (!again.length) { keepUnsent(); return; }
  again.forEach((entry) => mark(show({ me: true, key: entry.id, text: entry.text }, false), "sending"));
  unsent = again.concat(unsent);
  keepUnsent();
  deliver();
}

/** Takes everything off the page. */
function startOver() {
  state.last = 0;
  state.waiting = false;
  state.holder = "bot";
  shown.clear();
  byId("messages").textContent = "";
  byId("heard").textContent = "";
  typing(false);
  showHolder();
  greet();
}

/** A telephone that comes back, or a network that does, is not kept waiting by a request that died meanwhile. */
function again() {
  if (!state.conversation || document.hidden) { return; }
  if (isOffline) { open.forEach((request) => request.abort()); }
  sleepers.forEach((wake) => wake());
  poll();
  deliver();
}
