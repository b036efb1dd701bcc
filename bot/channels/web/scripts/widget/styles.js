// Styles of the button and of the frame. They are set through CSSOM, which a strict Content-Security-Policy allows.

/** @import { Config } from "./config.js" */

export const HOST = "all: initial !important; position: static !important; display: block !important;";

export const COVER = "position: fixed; top: 0; left: 0; width: 100%; height: 100%; background: #fff; z-index: 2147483647;";

/**
 * @param {Config["side"]} side
 * @param {boolean} visible
 */
export function buttonStyle(side, visible) {
  return `position: fixed; bottom: 16px; ${side}: 16px; z-index: 2147483000; min-height: 48px;` +
    "padding: 8px 20px; border: 2px solid #fff; border-radius: 24px; background: #14213d; color: #fff; cursor: pointer;" +
    "font: 600 16px/1.3 system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif; max-width: calc(100vw - 32px);" +
    (visible ? "" : "display: none;");
}

/**
 * @param {Config["side"]} side
 * @param {boolean} fullScreen
 * @param {boolean} visible
 */
export function frameStyle(side, fullScreen, visible) {
  return "position: fixed; z-index: 2147483001; border: 0; background: #fff; color-scheme: light;" +
    (fullScreen
      ? "top: 0; left: 0; width: 100%; height: 100%;"
      : `bottom: 80px; ${side}: 16px; width: 400px; height: calc(100vh - 96px); max-height: 680px;` +
        "border: 1px solid #14213d; border-radius: 12px; box-shadow: 0 4px 24px rgba(0, 0, 0, .3);") +
    (visible ? "" : "display: none;");
}
