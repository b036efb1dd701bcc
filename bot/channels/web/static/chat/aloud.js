// Reading aloud with a voice that is on the telephone itself. Voices that send the text to a company's server are left
// out: nothing that is said here goes anywhere else.

const speech = window.speechSynthesis;
let reading = null;

function voiceFor(language) {
  const voices = speech ? speech.getVoices() : [];
  return voices.find((voice) => voice.localService && voice.lang.slice(0, 2).toLowerCase() === language);
}

function addListen(place, entry) {
  const button = make("button", "plain listen", state.words.listen);
  const language = entry.translated ? entry.translated_to : entry.language;
  button.type = "button";
  button.tabIndex = -1;
  button.hidden = !voiceFor(language);
  button.setAttribute("data-language", language || "");
  button.setAttribute("aria-pressed", "false");
  button.addEventListener("click", () => {
    const same = reading === button;
    quiet();
    if (!same) { read(button, entry.translated || entry.text, language); }
  });
  place.append(" ", button);
}

function read(button, text, language) {
  const spoken = new SpeechSynthesisUtterance(text.replace(/https?:\/\/\S+/g, ""));
  spoken.voice = voiceFor(language);
  spoken.lang = spoken.voice.lang;
  spoken.onend = spoken.onerror = () => { if (reading === button) { quiet(); } };
  reading = button;
  button.textContent = state.words.listen_stop;
  button.setAttribute("aria-pressed", "true");
  speech.speak(spoken);
}

function quiet() {
  if (!reading) { return; }
  reading.textContent = state.words.listen;
  reading.setAttribute("aria-pressed", "false");
  reading = null;
  speech.cancel();
}

function listenToVoices() {
  if (!speech || !speech.addEventListener) { return; }
  speech.addEventListener("voiceschanged", () => {
    document.querySelectorAll(".listen").forEach((button) => {
      button.hidden = !voiceFor(button.getAttribute("data-language"));
    });
  });
}
