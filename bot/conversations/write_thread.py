"""SQLite's one writer: what waits is carried out together, in one transaction, and told once it is on the disk.

A commit costs as much as ten statements. With a message or two at a time each has its own; when many come at once they
share it, so that a busy hour costs less a message than a quiet one. Each piece of work still stands or falls alone.
"""

from __future__ import annotations

import asyncio
import contextlib
import queue
import threading
from collections.abc import Callable, Sequence
from typing import Any, Final

from sqlalchemy.engine import Connection

#: Pieces of work in one transaction at most: the first of them waits for the last.
MOST: Final = 32

Transaction = Callable[[Connection], Any]
Waiting = tuple[Transaction, asyncio.AbstractEventLoop, "asyncio.Future[Any]"]
#: What became of a piece of work: its result and the error instead of one.
BatchOutcome = tuple[Any, "Exception | None"]


class WriteThread:
    """A thread. `together` carries out some pieces of work in one transaction (bot/conversations/database.py)."""

    def __init__(self, together: Callable[[Sequence[Transaction]], Sequence[BatchOutcome]]) -> None:
        self._together = together
        self._waiting: queue.SimpleQueue[Waiting | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()
        self._closed = False

    async def run(self, work: Transaction) -> Any:
        """The result of a piece of work, once it is on the disk.

        Raises:
            RuntimeError: the writer is closed.
        """
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Any] = loop.create_future()
        with self._lock:
            if self._closed:
                raise RuntimeError("the log is closed")
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="log", daemon=True)
                self._thread.start()
            self._waiting.put((work, loop, future))
        return await future

    def close(self) -> None:
        """Finish what waits, and stop."""
        with self._lock:
            self._closed = True
        if self._thread is not None:
            self._waiting.put(None)
            self._thread.join()

    def _work(self) -> None:
        while True:
            lot, last = self._lot()
            if lot:
                _tell(lot, self._done(lot))
            if last:
                return

    def _done(self, lot: Sequence[Waiting]) -> Sequence[BatchOutcome]:
        try:
            return self._together([work for work, _, _ in lot])
        except Exception as error:  # whatever it was, somebody waits, and more will come
            return [(None, error)] * len(lot)

    def _lot(self) -> tuple[list[Waiting], bool]:
        """What waits now, at least one; and whether the writer is to stop after it."""
        first = self._waiting.get()
        if first is None:
            return [], True
        lot = [first]
        with contextlib.suppress(queue.Empty):
            while len(lot) < MOST:
                one = self._waiting.get_nowait()
                if one is None:
                    return lot, True
                lot.append(one)
        return lot, False


def _tell(lot: Sequence[Waiting], outcomes: Sequence[BatchOutcome]) -> None:
    """Wake each loop once, with all that it waits for."""
    by_loop: dict[asyncio.AbstractEventLoop, list[tuple[asyncio.Future[Any], BatchOutcome]]] = {}
    for (_, loop, future), outcome in zip(lot, outcomes, strict=True):
        by_loop.setdefault(loop, []).append((future, outcome))
    for loop, told in by_loop.items():
        with contextlib.suppress(RuntimeError):  # the loop has ended: nobody waits any more
            loop.call_soon_threadsafe(_settle, told)


def _settle(told: Sequence[tuple[asyncio.Future[Any], BatchOutcome]]) -> None:
    for future, (result, error) in told:
        if future.done():  # whoever waited gave up
            continue
        if error is not None:
            future.set_exception(error)
        else:
            future.set_result(result)
