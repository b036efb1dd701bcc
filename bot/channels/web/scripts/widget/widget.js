// The button and the frame with the chat. The chat lives on Baken's own origin, so the page around it can't read what a
// worker writes.

import { setBackgroundInert } from "./background.js";
import { buttonStyle, COVER, frameStyle, HOST } from "./styles.js";

/** @import { FrameMessage } from "../types" */
/** @import { Config } from "./config.js" */

/** How long the chat has to forget, before the page is left. */
const FORGET_MS = 100;

const smallScreen = window.matchMedia("(max-width: 30rem), (max-height: 28rem)");

export class Widget {
  /** @param {Config} config */
  constructor(config) {
    this.config = config;
    this.language = config.language;
    this.isOpen = false;
    this.openedByPerson = false;
    this.unread = 0;
    /** @type {HTMLIFrameElement | null} made when it is first opened */
    this.frame = null;
    this.frameReady = false;
    this.host = document.createElement("div");
    this.host.style.cssText = HOST;
    // A shadow root, so that the page's own styles for buttons and frames don't reach these two.
    this.root = this.host.attachShadow({ mode: "open" });
    this.button = document.createElement("button");
    this.button.type = "button";
    this.button.setAttribute("aria-controls", "baken-frame");
    this.button.addEventListener("click", () => this.setOpen(!this.isOpen, true));
    this.label = document.createElement("span");
    this.count = document.createElement("span");
    this.button.append(this.label, this.count);
    this.root.append(this.button);
    window.addEventListener("message", (event) => this.receive(event));
    smallScreen.addListener(() => this.layOut()); // addEventListener: not in Chrome 60
  }

  /** Puts it on the page. */
  mount() {
    document.body.append(this.host);
    this.layOut();
    this.renderLabel();
    if (this.config.open) { this.setOpen(true, false); }
  }

  get labels() { return BAKEN_SETUP.labels[this.language]; }

  layOut() {
    const coversPage = this.isOpen && smallScreen.matches;
    this.button.hidden = coversPage;
    this.button.style.cssText = buttonStyle(this.config.side, !coversPage);
    if (this.frame) { this.frame.style.cssText = frameStyle(this.config.side, smallScreen.matches, this.isOpen); }
    setBackgroundInert(coversPage, this.host);
  }

  renderLabel() {
    this.label.textContent = this.isOpen ? this.labels.close : this.labels.open;
    this.count.textContent = this.unread && !this.isOpen ? ` (${this.unread})` : "";
    this.button.lang = this.language;
    this.button.dir = this.labels.direction;
    this.button.setAttribute("aria-expanded", String(this.isOpen));
  }

  createFrame() {
    const frame = document.createElement("iframe");
    frame.id = "baken-frame";
    frame.title = this.labels.chat;
    frame.referrerPolicy = "no-referrer";
    frame.src = `${this.config.origin}/embed?language=${this.language}`;
    this.root.append(frame);
    return frame;
  }

  /**
   * @param {boolean} isOpen
   * @param {boolean} byPerson the focus goes along
   */
  setOpen(isOpen, byPerson) {
    this.isOpen = isOpen;
    if (isOpen && !this.frame) {
      this.frame = this.createFrame();
      this.openedByPerson = byPerson;
    }
    if (isOpen) { this.unread = 0; }
    this.layOut();
    this.renderLabel();
    this.tellOpen(byPerson);
    if (!byPerson) { return; }
    if (isOpen && this.frame) { this.frame.focus(); } else { this.button.focus(); }
  }

  /** @param {boolean} byPerson */
  tellOpen(byPerson) { this.tell(this.isOpen ? { baken: "opened", focus: byPerson } : { baken: "closed" }); }

  /** @param {FrameMessage} message */
  tell(message) {
    if (this.frame && this.frame.contentWindow && this.frameReady) {
      this.frame.contentWindow.postMessage(message, this.config.origin);
    }
  }

  /** @param {MessageEvent} event */
  isFromChat(event) {
    return this.frame && event.source === this.frame.contentWindow && event.origin === this.config.origin;
  }

  /** @param {MessageEvent<FrameMessage | null>} event of any window: only the chat's own is heard */
  receive(event) {
    const message = event.data;
    if (!message || !this.frame || !this.isFromChat(event)) { return; }
    if (message.baken === "ready") {
      this.frameReady = true;
      this.tellOpen(this.openedByPerson);
    }
    if (message.baken === "close") { this.setOpen(false, true); }
    if (message.baken === "exit") { this.leave(true); }
    if (message.baken === "unread" && !this.isOpen) {
      this.unread = Number(message.count) || 0;
      this.renderLabel();
    }
    if (message.baken === "language" && BAKEN_SETUP.labels[message.language]) {
      this.language = message.language;
      this.frame.title = this.labels.chat;
      this.renderLabel();
    }
  }

  /**
   * Quick exit: everything is covered at once, the chat forgets, and this page gives way to a neutral one.
   * @param {boolean} forgotten the chat has forgotten already
   */
  leave(forgotten) {
    const cover = document.createElement("div");
    cover.style.cssText = COVER;
    this.root.append(cover);
    document.title = " ";
    if (!forgotten) { this.tell({ baken: "forget" }); }
    setTimeout(() => window.location.replace(BAKEN_SETUP.exit), forgotten ? 0 : FORGET_MS);
  }
}
