// The shapes that the scripts pass around. What comes from the server is described as the server sends it.

/** GET /api/texts/{language}: what the page says in one language (bot/channels/web/texts.py). */
export interface Words {
  language: string;
  direction: "ltr" | "rtl";
  /** Code to own name, of every language that Baken writes. */
  languages: Record<string, string>;
  /** Telephone numbers that can be tapped. */
  phones: string[];
  advisor: string;
  back: string;
  busy: string;
  chat: string;
  chosen: string;
  clear: string;
  cleared: string;
  close: string;
  delete: string;
  download: string;
  greeting: string;
  human: string;
  keep: string;
  keys: string;
  language_label: string;
  leave: string;
  leave_one: string;
  leave_two: string;
  leaving: string;
  listen: string;
  listen_stop: string;
  menu: string;
  no_file: string;
  no_script: string;
  not_sent: string;
  note: string;
  offline: string;
  online: string;
  open: string;
  original: string;
  placeholder: string;
  retry: string;
  send: string;
  sending: string;
  sent: string;
  stop_waiting: string;
  title: string;
  too_long: string;
  translated: string;
  typing: string;
  typing_person: string;
  waiting: string;
  you: string;
}

/** The names of the words that are plain texts. */
export type WordName = Exclude<keyof Words, "language" | "direction" | "languages" | "phones">;

/** The JSON block `setup` of the page. */
export interface Setup {
  /** Where quick exit goes. */
  exit: string;
  /** Origins of the pages that may show the chat in a frame. */
  origins: string[];
}

/** Who answers: Baken, Baken until an advisor is free, an advisor. */
export type Holder = "bot" | "waiting" | "human";

export interface Choice {
  title: string;
  payload: string;
}

export interface DocumentLink {
  filename: string;
  address: string;
}

/** A message as the page shows it (bot/channels/web/view.py). One's own that is not sent yet has only `me`, `key`, `text`. */
export interface Message {
  /** Row of the log. */
  id?: number;
  /** The id that this page gave to one's own message. */
  key?: string;
  me?: boolean;
  author?: string;
  /** The advisor's name. */
  by?: string;
  text: string;
  translated?: string;
  translated_to?: string;
  language?: string;
  direction?: string;
  buttons?: Choice[];
  document?: DocumentLink | null;
  safety?: boolean;
  /** ISO 8601. */
  at?: string;
}

/** A message in the log: it has a row. */
export type LoggedMessage = Message & { id: number };

/** POST /api/poll: what is new (bot/channels/web/api.py). */
export interface Update {
  /** False where the server has no such conversation, or not any more. */
  known: boolean;
  messages: LoggedMessage[];
  typing: boolean;
  holder: Holder;
  language: string;
  /** The oldest row that is left. */
  first: number;
}

/** A message that waits for the server: POST /api/messages, less the conversation. */
export interface UnsentMessage {
  id: string;
  text: string;
  language: string;
  payload?: string;
}

/** What passes between the chat and the page around its frame. Never a word of the talk. */
export type FrameMessage =
  | { baken: "ready" | "close" | "exit" | "closed" | "forget" }
  | { baken: "opened"; focus: boolean }
  | { baken: "unread"; count: number }
  | { baken: "language"; language: string };

/** The widget's few words in one language. */
export interface WidgetLabels {
  open: string;
  close: string;
  chat: string;
  direction: string;
}

declare global {
  /** Put before the widget's bundle by the server (bot/channels/web/assets.py). */
  const BAKEN_SETUP: { exit: string; labels: Record<string, WidgetLabels> };

  interface Window {
    /** The widget is on the page already. */
    bakenWidget?: boolean;
  }
}
