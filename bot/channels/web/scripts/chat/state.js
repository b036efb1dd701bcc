// What the page knows of the talk.

import { byId } from "./dom.js";

/** @import { Holder, Setup, Words } from "../types" */

/** @type {Setup} */
export const setup = JSON.parse(byId("setup").textContent || "");

export const state = {
  /** @type {Words} */
  words: JSON.parse(byId("words").textContent || ""),
  /** The secret of this talk: 32 hex digits, made at the first message; empty before. */
  conversation: "",
  /** The newest row of the log that was shown. */
  lastRow: 0,
  /** @type {Holder} */
  holder: "bot",
  /** An answer is being written. */
  awaitingAnswer: false,
};
