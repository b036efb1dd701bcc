// Shift pressed three times within five seconds: the key of quick exit, after the component of GOV.UK.

export const WINDOW_MS = 5000;

/**
 * Counts presses of Shift. Shift that was held for a capital letter does not count: the key before it came up with Shift
 * down.
 * @param {(count: number) => void} onPress is given 1, 2, 3, and 1 again.
 */
export function countShiftPresses(onPress) {
  let count = 0;
  let firstAt = 0;
  let usedForCapital = false;
  document.addEventListener("keyup", (event) => {
    if (event.key !== "Shift" || usedForCapital) {
      count = 0;
      usedForCapital = event.key !== "Shift" && event.shiftKey;
      return;
    }
    if (count === 0 || count === 3 || Date.now() - firstAt > WINDOW_MS) {
      count = 0;
      firstAt = Date.now();
    }
    count += 1;
    onPress(count);
  });
}
