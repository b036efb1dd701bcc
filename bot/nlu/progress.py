"""What learning tells of how far it is, to whoever listens. Nobody need listen.

A stage is a model that learns ("topics"), a part what it does just now ("vectors"). Parts may be told from any thread;
one training runs at a time.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Final, TypeVar

T = TypeVar("T")
#: Called with stage, part, how much of the part is done, and of how much.
Listener = Callable[[str, str, int, int], None]
#: The part that stands for a whole stage: 0 of 1 where it begins, 1 of 1 where it has ended.
WHOLE: Final = ""

_listener: Listener | None = None
_stage = ""


@contextmanager
def listening(listener: Listener) -> Iterator[None]:
    """Whatever is told within goes to the listener."""
    global _listener
    before, _listener = _listener, listener
    try:
        yield
    finally:
        _listener = before


@contextmanager
def stage(name: str) -> Iterator[None]:
    """What is told within belongs to this stage. Serves as a decorator too."""
    global _stage
    before, _stage = _stage, name
    try:
        tell(WHOLE, 0, 1)
        yield
        tell(WHOLE, 1, 1)
    finally:
        _stage = before


def tell(part: str, done: int, of: int) -> None:
    """So much of a part is done."""
    if _listener is not None and _stage:
        _listener(_stage, part, done, of)


def counted(things: Iterable[T], part: str, of: int) -> Iterator[T]:
    """The things, telling at every hundredth of them."""
    every = max(1, of // 100)
    for number, thing in enumerate(things):
        if number % every == 0:
            tell(part, number, of)
        yield thing
    tell(part, of, of)


class Tally:
    """Counts what several threads do."""

    def __init__(self, part: str, of: int) -> None:
        self._part, self._of, self._done, self._lock = part, of, 0, threading.Lock()
        tell(part, 0, of)

    def add(self, number: int = 1) -> None:
        """So many more are done."""
        with self._lock:
            self._done += number
            tell(self._part, self._done, self._of)
