"""Who waits for what in this process: pages for their conversation, workers for work, desks for cases.

News come from the log (`Database.listen`), from every gateway on the same database, as "in:<conversation>",
"out:<conversation>", "status:…", "failed:…", "case:…", "typing:…", "deleted:", or "*" when something may have
been missed.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Iterator


class EventBus:
    """Wakes whoever waits. Nothing is kept here: what counts stands in the log."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._waiting: dict[str, set[asyncio.Event]] = {}
        self._told: list[Callable[[str, str], None]] = []
        self.work = asyncio.Event()  #: there may be something to answer
        self.mail = asyncio.Event()  #: there may be something to send
        self.deleted = asyncio.Event()  #: something was deleted, and its bytes are to go from the files
        self.closing = False  #: nobody is to wait any longer

    def close(self) -> None:
        """Wake everyone, and let nobody wait again."""
        self.closing = True
        self.publish("*")

    def publish_threadsafe(self, what: str) -> None:
        """News, from any thread."""
        self._loop.call_soon_threadsafe(self.publish, what)

    def publish(self, what: str) -> None:
        """News, from the loop's own thread."""
        kind, _, conversation = what.partition(":")
        if kind in ("in", "*"):
            self.work.set()
        if kind in ("out", "*"):
            self.mail.set()
        if kind in ("deleted", "*"):
            self.deleted.set()
        if kind == "*":
            for waiting in self._waiting.values():
                for event in waiting:
                    event.set()
        for name in (conversation, f"all:{kind}"):
            for event in self._waiting.get(name, ()):
                event.set()
        for told in self._told:
            told(kind, conversation)

    def subscribe(self, told: Callable[[str, str], None]) -> Callable[[], None]:
        """Call `told(kind, conversation)` for every piece of news; returns how to stop that."""
        self._told.append(told)
        return lambda: self._told.remove(told)

    @contextlib.contextmanager
    def watch(self, name: str) -> Iterator[asyncio.Event]:
        """An event that is set when there is news of a conversation (its id), or of a kind anywhere ("all:case")."""
        event = asyncio.Event()
        self._waiting.setdefault(name, set()).add(event)
        try:
            yield event
        finally:
            rest = self._waiting[name]
            rest.discard(event)
            if not rest:
                del self._waiting[name]
