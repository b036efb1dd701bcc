"""Shows how far a training is: its step, a percentage, the time that is left.

On a terminal one line that changes; in a log, or through a pipe, one line a step.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import Any, Final, TextIO

from bot.nlu import progress

#: The steps in the order that Rasa takes them, and their parts (bot/nlu/progress.py), with the seconds that each took
#: on two cores; "" is what a step does besides. What two models share is the first one's. Only the shares matter: how
#: fast a machine is shows while it works.
STEPS: Final[dict[str, dict[str, float]]] = {
    "reading": {"": 20},
    "topics": {"": 6, "char_wb": 8, "char": 8, "word": 2, "vectors": 23, "calibration": 11, "classes": 70},
    "languages": {"": 1, "char_wb": 4, "calibration": 3, "classes": 18},
    "questions": {"": 1, "char_wb": 2, "char": 2, "word": 1, "classes": 6},
    "danger": {"": 2, "classes": 2},
    "packing": {"": 2},
}
_TOTAL: Final = sum(sum(parts.values()) for parts in STEPS.values())
_FIRST, *_LEARNED, _LAST = STEPS
_NAMES: Final = {
    "reading": "reading the training lines",
    "danger": "signs of danger",
    "languages": "languages",
    "questions": "questions",
    "topics": "topics",
    "packing": "rules and packing",
}
#: Parts whose numbers are worth showing: lines, and at last topics or languages.
_COUNTED: Final = {"char_wb", "char", "word", "vectors", "classes"}
#: How much must be done until this machine's own speed is believed.
_EARLY: Final = 0.03 * _TOTAL
#: Of a part that tells nothing, so much at most is taken for done by its time.
_GUESSED: Final = 0.9
_TICK: Final = 0.5


class TrainingProgress:
    """`with TrainingProgress(sys.stderr) as shown:` around a training; `shown.took` says at the end how long it was."""

    def __init__(self, stream: TextIO = sys.stderr, clock: Callable[[], float] = time.monotonic) -> None:
        self._stream, self._clock, self._began = stream, clock, clock()
        self._line: Any = None  # on a terminal, tqdm's
        self._lock = threading.RLock()  # parts are told from several threads
        self._stop = threading.Event()
        self._listening = progress.listening(self.hear)
        self._shares: dict[str, dict[str, float]] = {step: dict.fromkeys(parts, 0.0) for step, parts in STEPS.items()}
        self._step, self._part, self._since, self._detail = "", "", self._began, ""
        self._begun: list[str] = []
        self._highest = 0.0

    def __enter__(self) -> TrainingProgress:
        self._listening.__enter__()
        if self._stream.isatty():
            from tqdm import tqdm

            form = "{percentage:3.0f}% |{bar:8}| {desc}"
            wide = {"dynamic_ncols": True} if _has_width(self._stream) else {"ncols": 80}
            self._line = tqdm(total=100, file=self._stream, leave=False, bar_format=form, **wide)
            threading.Thread(target=self._tick, daemon=True).start()
        self._begin(_FIRST)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        self._listening.__exit__(None, None, None)
        with self._lock:
            if self._line is not None:
                self._line.close()
                self._line = None

    @property
    def took(self) -> str:
        """How long it was until now: "2 min 31 s"."""
        minutes, seconds = divmod(round(self._clock() - self._began), 60)
        return f"{minutes} min {seconds} s" if minutes else f"{seconds} s"

    def hear(self, step: str, part: str, done: int, of: int) -> None:
        """What the training tells."""
        with self._lock:
            if step not in _LEARNED:
                return
            if step != self._step:
                self._begin(step)
            if part == progress.WHOLE and done == of:
                self._end(step)
                if all(min(self._shares[one].values()) == 1 for one in _LEARNED):
                    self._begin(_LAST)
                return
            shares = self._shares[step]
            if part != self._part:
                if self._part in shares:
                    shares[self._part] = 1.0
                self._part, self._since = part, self._clock()
            if part in shares:
                shares[part] = done / of
            self._detail = f", {done:,} of {of:,}" if part in _COUNTED else ""
            self._draw()

    def percentage(self) -> float:
        """How much is done, 0 to 100; it never goes back."""
        self._highest = max(self._highest, 100 * self._reached() / _TOTAL)
        return self._highest

    def left(self) -> float:
        """Seconds that are left, as the shares of the steps and the speed until now tell."""
        return (_TOTAL - self._reached()) * self._slowness()

    def _told(self) -> float:
        """Of `STEPS`, what the training told that is done."""
        return sum(STEPS[step][part] * share for step, parts in self._shares.items() for part, share in parts.items())

    def _silent(self) -> bool:
        """Whether nothing is told yet of the part that is worked on."""
        return self._shares[self._step].get(self._part) == 0

    def _reached(self) -> float:
        """Of `STEPS`, what is done: what was told, and in a part that tells nothing, what its time makes likely."""
        if not self._silent():
            return self._told()
        likely = (self._clock() - self._since) / self._slowness()
        return self._told() + min(_GUESSED * STEPS[self._step][self._part], likely)

    def _slowness(self) -> float:
        """Seconds that this machine takes for a second of `STEPS`."""
        told = self._told()
        if told < _EARLY:
            return 1.0
        spent = (self._since if self._silent() else self._clock()) - self._began
        return max(0.05, spent / told)

    def _begin(self, step: str) -> None:
        if step != _FIRST:
            self._end(_FIRST)
        self._step, self._part, self._since, self._detail = step, "", self._clock(), ""
        if step not in self._begun:
            self._begun.append(step)
            if self._line is None:
                print(
                    f"Step {len(self._begun)} of {len(STEPS)}: {_NAMES[step]} ({self.percentage():.0f}% done, "
                    f"{spoken(self.left())} left)",
                    file=self._stream,
                    flush=True,
                )
        self._draw()

    def _end(self, step: str) -> None:
        self._shares[step] = dict.fromkeys(STEPS[step], 1.0)

    def _draw(self) -> None:
        if self._line is not None:
            self._line.n = self.percentage()
            step = f"step {len(self._begun)}/{len(STEPS)}: {_NAMES[self._step]}{self._detail}"
            self._line.set_description_str(f"{spoken(self.left())} left; {step}")

    def _tick(self) -> None:
        """The time that is left goes on where nothing is told."""
        while not self._stop.wait(_TICK):
            with self._lock:
                self._draw()


def _has_width(stream: TextIO) -> bool:
    """Whether a terminal knows how wide it is; on one that says 0 columns tqdm would draw nothing."""
    try:
        return os.get_terminal_size(stream.fileno()).columns > 0
    except (OSError, ValueError):
        return False


def spoken(seconds: float) -> str:
    """About so long, no more exactly than is known."""
    if seconds < 8:
        return "a few seconds"
    if seconds < 90:
        return f"about {round(seconds / 5) * 5} s"
    return f"about {round(seconds / 60)} min"
