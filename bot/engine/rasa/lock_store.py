"""One message of a conversation at a time: within this process, or on Redis for several Rasa servers."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any, Final

from rasa.core.lock import TicketLock
from rasa.core.lock_store import LOCK_LIFETIME, InMemoryLockStore, LockError, LockStore
from redis import asyncio as redis
from redis.asyncio.lock import Lock
from redis.exceptions import LockError as NotOurs
from redis.exceptions import RedisError

#: Seconds that a lock holds when its server dies; a living one renews it.
_LEASE: Final = 6.0
_RENEW: Final = 2.0


class PromptLockStore(InMemoryLockStore):  # type: ignore[misc]
    """Rasa's lock store, looking again after 5 ms instead of a second: five messages at once take 0.3 s, not 4."""

    def __init__(self, endpoint_config: Any = None) -> None:
        super().__init__()

    @asynccontextmanager
    async def lock(
        self, conversation_id: str, lock_lifetime: float = LOCK_LIFETIME, wait_time_in_seconds: float = 0.005
    ) -> AsyncGenerator[TicketLock, None]:
        """Rasa's lock, with a shorter wait."""
        async with super().lock(conversation_id, lock_lifetime, wait_time_in_seconds) as ticket:
            yield ticket


class SharedLockStore(LockStore):  # type: ignore[misc]
    """A lock on Redis that several Rasa servers share; `url` in the endpoints is redis://, rediss:// or unix://.

    Rasa's RedisLockStore reads a list of tickets, adds one and writes it back, so two servers at the same moment both
    think that it is their turn; it looks again after a second, waits on Redis with the whole server, and keeps the lock
    of a server that died for a minute. This one is Redis's own lock: set if absent, released only by its owner. It
    keeps no order: the gateway hands in one message of a conversation after the other, and this guards against one
    that is handed in twice.
    """

    def __init__(self, endpoint_config: Any = None, *, url: str = "") -> None:
        super().__init__()
        address = url or endpoint_config.url
        self._redis: redis.Redis[Any] = redis.Redis.from_url(address, socket_timeout=5, socket_connect_timeout=2)

    @asynccontextmanager
    async def lock(
        self, conversation_id: str, lock_lifetime: float = LOCK_LIFETIME, wait_time_in_seconds: float = 0.01
    ) -> AsyncGenerator[TicketLock, None]:
        """Hold a conversation, waiting for it `lock_lifetime` seconds at most.

        Raises:
            LockError: another server holds it for longer than that.
            redis.exceptions.RedisError: Redis can't be reached.
        """
        lock = self._redis.lock(
            f"baken:lock:{conversation_id}", timeout=_LEASE, sleep=wait_time_in_seconds, blocking_timeout=lock_lifetime
        )
        if not await lock.acquire():
            raise LockError("a conversation is held by another server")
        renewing = asyncio.create_task(_renew(lock))
        try:
            yield TicketLock(conversation_id)
        finally:
            renewing.cancel()
            with contextlib.suppress(NotOurs, RedisError):  # the lease ends it
                await asyncio.shield(lock.release())

    async def ping(self) -> None:
        """Raises whatever Redis says where it can't be reached."""
        await self._redis.ping()


async def _renew(lock: Lock) -> None:
    while True:
        await asyncio.sleep(_RENEW)
        with contextlib.suppress(NotOurs, RedisError):
            await lock.extend(_LEASE, replace_ttl=True)
