// A file that a message brings. Fetched with the conversation's secret in the body, so that no address opens a person's
// file.

import { createButton, createElement } from "./dom.js";
import { postJson } from "./http.js";
import { state } from "./state.js";
import { setStatus } from "./status-line.js";

/** @import { DocumentLink } from "../types" */

const TIMEOUT_SECONDS = 60;
const DOWNLOAD_STARTED_MS = 60000;

/** @param {DocumentLink} file */
export function createDocumentButton(file) {
  const button = createButton("plain file", `${state.words.download} (${file.filename})`);
  button.addEventListener("click", () => download(file));
  return button;
}

/** @param {DocumentLink} file */
async function download(file) {
  const answer = await postJson(
    file.address, { conversation: state.conversation }, { timeoutSeconds: TIMEOUT_SECONDS, responseType: "blob" },
  );
  if (answer.status !== 200) {
    setStatus(state.words.no_file);
    return;
  }
  const link = createElement("a");
  link.href = URL.createObjectURL(answer.body);
  link.download = file.filename;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), DOWNLOAD_STARTED_MS);
}
