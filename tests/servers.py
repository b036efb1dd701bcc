"""Servers of tests: an application on a port of loopback, in the test's event loop or in a thread of its own."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import TYPE_CHECKING, Any, TypeVar

from aiohttp import web

if TYPE_CHECKING:  # who only listens does not need the product
    from bot.delivery.service import MessageService

T = TypeVar("T")


async def listen(app: web.Application, port: int = 0, **options: Any) -> tuple[str, web.AppRunner]:
    """Begins to serve an application; its address, and what to clean up at the end.

    Port 0 is any that is free; `options` are those of aiohttp's runner.
    """
    runner = web.AppRunner(app, access_log=None, **{"shutdown_timeout": 0.2, **options})
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    return f"http://127.0.0.1:{runner.addresses[0][1]}", runner


@asynccontextmanager
async def listening(app: web.Application, port: int = 0, **options: Any) -> AsyncIterator[str]:
    """Serves an application until the end of the block; gives its address."""
    address, runner = await listen(app, port, **options)
    try:
        yield address
    finally:
        await runner.cleanup()


class RunningGateway:
    """Serves from a thread of its own, for tests that are not asynchronous: those of pages, and of people without one.

    What is served is said in `serving`, an asynchronous context that sets `address` and `office`.
    """

    address: str
    office: MessageService

    def serving(self) -> AbstractAsyncContextManager[None]:
        """What runs between `start` and `close`."""
        raise NotImplementedError

    def start(self) -> None:
        """Begins to serve; raises what `serving` raises."""
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._context = self.serving()
        try:
            self.wait(self._context.__aenter__())
        except BaseException:
            self._end()
            raise

    def close(self) -> None:
        """Serves no longer."""
        try:
            self.wait(self._context.__aexit__(None, None, None), 20)
        finally:
            self._end()

    def _end(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)

    def wait(self, work: Coroutine[Any, Any, T], seconds: float = 120) -> T:
        """The result of something that is done in the server's event loop."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(seconds)

    def run(self, function: Callable[..., T], *arguments: Any, **named: Any) -> T:
        """The result of a function over a connection of the log."""

        async def transaction() -> T:
            return await self.office.database.transaction(function, *arguments, **named)

        return self.wait(transaction(), 30)
