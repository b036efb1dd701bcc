"""Speaks to one or several `rasa run`: whichever can answer does."""

from __future__ import annotations

import asyncio
import itertools
import logging
import time
from collections.abc import Iterator, Sequence
from typing import Any, Final

import aiohttp
import msgspec

from actions.letters import store
from bot.engine.protocol import HEADER, EraseRequest, ParseRequest, SlotRequest, TurnResponse
from bot.engine.turn import EngineAway, Turn, TurnRequest

log = logging.getLogger(__name__)

#: Seconds that a server which failed is left alone, unless no other is left.
_REST: Final = 2.0
#: Times that all servers are tried before the message is handed back to wait.
_ROUNDS: Final = 3


class NotAnswered(Exception):
    """A server could not answer this message, and no other will."""


class HttpEngine:
    """Rasa over HTTP. Asking again is safe: the message id brings the same answer from the same state."""

    def __init__(self, urls: Sequence[str], secret: str, *, seconds: float = 20.0) -> None:
        """`urls` are the servers' addresses, as http://rasa:5005; a name that stands for several is one of them.

        Args:
            seconds: that one server may take for a message.
        """
        if not urls:
            raise ValueError("no Rasa server is named")
        self._servers = [url.rstrip("/") for url in urls]
        self._secret, self._seconds = secret, seconds
        self._turn = itertools.count()
        self._rests: dict[str, float] = {}
        self._session: aiohttp.ClientSession | None = None

    async def reply(self, request: TurnRequest) -> Turn:
        """Answer one message (bot/engine/engine.py).

        Raises:
            EngineAway: no server can answer now.
            NotAnswered: a server failed on this message itself.
        """
        body = await self._ask("webhook", request, twice=request.message_id is not None)
        told = msgspec.json.decode(body, type=TurnResponse)
        return await asyncio.to_thread(_with_files, told) if told.files else told.turn

    async def parse(self, text: str) -> dict[str, Any]:
        """What the understanding makes of a text, without a conversation."""
        return msgspec.json.decode(await self._ask("parse", ParseRequest(text)), type=dict[str, Any])

    async def slot(self, conversation: str, name: str) -> Any:
        """What a conversation keeps under a slot's name; None where nothing."""
        return msgspec.json.decode(await self._ask("slot", SlotRequest(conversation, name)))

    async def erase(self, conversation: str) -> None:
        """Delete what Rasa keeps of a conversation, and the files that were made in it."""
        await self._ask("forget", EraseRequest(conversation))

    async def unhealthy_reason(self) -> str | None:
        """None where at least one server can answer; else what each of them lacks."""

        async def look(server: str) -> str | None:
            try:
                async with self._open().get(
                    f"{server}/webhooks/baken/health", timeout=aiohttp.ClientTimeout(total=3)
                ) as answer:
                    found = msgspec.json.decode(await answer.read(), type=dict[str, str])
                    return None if answer.status == 200 else found.get("status", "ill")
            except (aiohttp.ClientError, asyncio.TimeoutError, msgspec.DecodeError):
                return "not reached"

        found = await asyncio.gather(*(look(server) for server in self._servers))
        return None if None in found else f"Rasa: {', '.join(sorted({str(one) for one in found}))}"

    async def close(self) -> None:
        """Let go of the connections."""
        if self._session is not None:
            await self._session.close()

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                headers={HEADER: self._secret, "Content-Type": "application/json"},
                # a server that came up behind a name is found within seconds
                connector=aiohttp.TCPConnector(limit=0, ttl_dns_cache=5, keepalive_timeout=4),
                timeout=aiohttp.ClientTimeout(total=self._seconds, sock_connect=2),
            )
        return self._session

    async def _ask(self, call: str, what: Any, *, twice: bool = True) -> bytes:
        """The body of the first server that answers.

        Args:
            twice: whether it may be asked again where it is not known what became of it.
        """
        body = msgspec.json.encode(what)
        why = "nobody asked"
        for attempt, server in enumerate(self._order()):
            if attempt and attempt % len(self._servers) == 0:
                await asyncio.sleep(0.1 * attempt)
            try:
                async with self._open().post(f"{server}/webhooks/baken/{call}", data=body) as answer:
                    content = await answer.read()
                    if answer.status == 200:
                        self._rests.pop(server, None)
                        return content
                    if answer.status != 503:
                        raise NotAnswered(f"a Rasa server said {answer.status}")
                    why = "status 503"
            except aiohttp.ClientConnectorError as error:
                why = type(error).__name__
            except (aiohttp.ClientError, asyncio.TimeoutError) as error:
                why = type(error).__name__
                if not twice:
                    raise EngineAway(why) from None
            self._rests[server] = time.monotonic() + _REST
            log.warning("a Rasa server did not answer: %s", why)
        raise EngineAway(why)

    def _order(self) -> Iterator[str]:
        """Servers to try: in turn, those that failed just now last."""
        for _ in range(_ROUNDS):
            first = next(self._turn)
            count, now = len(self._servers), time.monotonic()
            turned = [self._servers[(first + number) % count] for number in range(count)]
            yield from sorted(turned, key=lambda server: self._rests.get(server, 0.0) > now)


def _with_files(told: TurnResponse) -> Turn:
    """The turn, with its files written where this machine keeps them."""
    replies = []
    for reply in told.turn.replies:
        content = told.files.get(reply.document.path) if reply.document is not None else None
        if reply.document is not None and content is not None:
            document = msgspec.structs.replace(reply.document, path=str(store.store_letter(content)))
            reply = msgspec.structs.replace(reply, document=document)
        replies.append(reply)
    return msgspec.structs.replace(told.turn, replies=tuple(replies))
