// How long to wait before trying again.

/** @type {Set<() => void>} */
const sleepers = new Set();

/**
 * Waits; `wakeSleepers` ends it early.
 * @param {number} milliseconds
 * @returns {Promise<void>}
 */
export function sleep(milliseconds) {
  return new Promise((resolve) => {
    const wake = () => {
      clearTimeout(timer);
      sleepers.delete(wake);
      resolve();
    };
    const timer = setTimeout(wake, milliseconds);
    sleepers.add(wake);
  });
}

/** The network or the person is back: nothing waits any longer. */
export function wakeSleepers() { sleepers.forEach((wake) => wake()); }

/**
 * Milliseconds to wait before try number `tries`: 1, 2, 4 … 15 s, spread so that not everyone comes back at once.
 * @param {number} tries
 */
export function backoff(tries) { return Math.min(15000, 1000 * Math.pow(2, tries)) * (0.75 + Math.random() / 2); }
