// Lints the scripts that run in a browser. No variable may hide a name of the browser, and only a few of the browser's
// names may stand alone: any other (`status`, `name`, `open` …) is an import that was forgotten, or is written `window.…`.

import js from "@eslint/js";
import globals from "globals";

const PAGE_SCRIPTS = "bot/channels/web/scripts/{chat,widget,shared}/**/*.js";
const STAFF_SCRIPTS = ["bot/desk/static/*.js", "bot/dev/static/*.js"];
const BUNDLES = "bot/channels/web/static/*.bundle.js";

/** What may be named without `window.`, everywhere. */
const ALONE = [
  "CSS", "HTMLElement", "HTMLIFrameElement", "HTMLScriptElement", "HTMLSelectElement", "HTMLTextAreaElement", "URL",
  "clearTimeout", "crypto", "document", "fetch", "navigator", "sessionStorage", "setTimeout", "window",
];
/** On old telephones and in a WebView. */
const OLD_ALONE = [...ALONE, "SpeechSynthesisUtterance", "XMLHttpRequest"];
/** In the browsers of today. */
const NEW_ALONE = [
  ...ALONE, "AudioContext", "EventSource", "HTMLDialogElement", "HTMLFormElement", "HTMLInputElement", "Notification",
];

/** Methods of elements that Chrome 60 lacks. (Functions of JavaScript itself are held by `lib` in tsconfig.json.) */
const NEWER_METHODS = ["replaceChildren", "requestSubmit", "toggleAttribute", "checkVisibility", "showPicker"];

/** @param {string[]} allowed */
const onlyAlone = (allowed) => Object.keys(globals.browser).filter((name) => !allowed.includes(name));

export default [
  { ignores: ["bot/staff/static/htmx.min.js", "node_modules/", ".venv*/", "models/"] },
  {
    files: ["**/*.js", "**/*.mjs"],
    ignores: [BUNDLES],
    ...js.configs.recommended,
    languageOptions: { ecmaVersion: 2022, sourceType: "module" },
    linterOptions: { reportUnusedDisableDirectives: "error" },
    rules: {
      ...js.configs.recommended.rules,
      // `event` is the one exception: what a listener is given is called so everywhere, and window.event is of the past.
      "no-shadow": ["error", { builtinGlobals: true, hoist: "all", allow: ["event"] }],
      "consistent-return": "error",
      "default-param-last": "error",
      "eqeqeq": "error",
      "no-implicit-globals": "error",
      "no-unused-expressions": "error",
      "no-use-before-define": ["error", { functions: false, variables: false }],
      "no-var": "error",
      "object-shorthand": "error",
      "prefer-const": "error",
    },
  },
  {
    files: [PAGE_SCRIPTS],
    languageOptions: { globals: { ...globals.browser, BAKEN_SETUP: "readonly" } },
    rules: {
      "no-restricted-globals": ["error", ...onlyAlone(OLD_ALONE)],
      "no-restricted-properties": ["error", ...NEWER_METHODS.map((property) => ({ property }))],
    },
  },
  {
    files: STAFF_SCRIPTS,
    languageOptions: { globals: globals.browser },
    rules: { "no-restricted-globals": ["error", ...onlyAlone(NEW_ALONE)] },
  },
  { files: ["**/*.mjs"], languageOptions: { globals: globals.node } },
  // What is shipped must be understood by Chrome 60: nothing newer than ES2018 is parsed.
  { files: [BUNDLES], languageOptions: { ecmaVersion: 2018, sourceType: "script" } },
];
