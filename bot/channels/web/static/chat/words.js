// The page's texts in the language of the talk.

function applyWords() {
  const words = state.words;
  document.documentElement.lang = words.language;
  document.documentElement.dir = words.direction;
  document.title = "Baken – " + words.title;
  document.querySelectorAll("[data-word]").forEach((element) => {
    element.textContent = words[element.getAttribute("data-word")];
  });
  byId("log").setAttribute("aria-label", words.chat);
  byId("talk").setAttribute("aria-label", words.chat);
  byId("text").placeholder = words.placeholder;
  byId("language").value = words.language;
  showHolder();
  tellPage({ baken: "language", language: words.language });
}

/** Fetches the texts of another language; the page stays as it is where that fails. */
async function changeLanguage(language) {
  if (language === state.words.language || !state.words.languages[language]) { return; }
  store.set("language", language);
  try {
    const answer = await fetch("/api/texts/" + encodeURIComponent(language));
    if (answer.ok) { state.words = await answer.json(); applyWords(); }
  } catch (offline) { /* the next answer tries again */ }
}

/** Says something in the status line, which screen readers read out at once. */
function status(text, dots) {
  const line = byId("status");
  line.classList.toggle("dots", Boolean(dots));
  if (line.textContent !== text) { line.textContent = text; }
}
