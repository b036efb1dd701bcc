"""Rasa in processes of its own beside the gateway, on one machine: `BAKEN_ENGINES=2` uses a second core.

Python computes on one core at a time. With `BAKEN_ENGINES` the gateway starts so many engines as children, speaks to
them as it would to `rasa run` (bot/engine/protocol.py), on loopback and with a secret made for this run, and starts one
anew that died. They share the database of conversations; the log sees to the order within a conversation.

The child is bot/commands/engine.py.
"""

from __future__ import annotations

import asyncio
import contextlib
import hmac
import logging
import os
import secrets
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Final

import msgspec
from aiohttp import web

from actions.letters import store
from bot.engine.engine import Engine
from bot.engine.http_engine import HttpEngine
from bot.engine.protocol import HEADER, EraseRequest, ParseRequest, SlotRequest, TurnResponse
from bot.engine.turn import EngineAway, TurnRequest
from bot.settings import StartError

log = logging.getLogger(__name__)

#: The child's program, and the variable that hands it the secret.
CHILD: Final = "bot.commands.engine"
SECRET: Final = "BAKEN_ENGINE_SECRET"  # noqa: S105  (the name of the variable)
#: Seconds until a child must have read the model, and between two looks whether it lives.
_READY_WITHIN: Final = 120.0
_LOOK: Final = 0.5
_LARGEST: Final = 4 * 2**20


class EnginePool(HttpEngine):
    """Engines as children of this process."""

    def __init__(self, count: int, *, seconds: float = 20.0) -> None:
        self._key = secrets.token_hex(16)
        self._children: list[asyncio.subprocess.Process] = []
        self._watching: asyncio.Task[None] | None = None
        super().__init__([""] * count, self._key, seconds=seconds)

    async def start(self) -> None:
        """Start them all at once, and wait until each can answer.

        Raises:
            StartError: one ended instead; its own words stand on standard error.
        """
        started = await asyncio.gather(*(self._child() for _ in self._servers))
        for number, (child, port) in enumerate(started):
            self._children.append(child)
            self._servers[number] = f"http://127.0.0.1:{port}"
        self._watching = asyncio.create_task(self._watch())

    async def close(self) -> None:
        """End them."""
        if self._watching is not None:
            self._watching.cancel()
        await super().close()
        for child in self._children:
            with contextlib.suppress(ProcessLookupError):
                child.terminate()
        for child in self._children:
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(child.wait(), 10)

    async def _child(self) -> tuple[asyncio.subprocess.Process, int]:
        child = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            CHILD,
            env={**os.environ, SECRET: self._key, "BAKEN_ENGINES": "0"},
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        assert child.stdout is not None
        said = await asyncio.wait_for(child.stdout.readline(), _READY_WITHIN)
        if not said.strip().isdigit():
            raise StartError("an engine did not start: it says above why")
        return child, int(said)

    async def _watch(self) -> None:
        """Start anew what died: what it was answering comes again, from the state before."""
        while True:
            await asyncio.sleep(_LOOK)
            for number, child in enumerate(self._children):
                if child.returncode is None:
                    continue
                log.warning("an engine ended with %s; starting it anew", child.returncode)
                try:
                    self._children[number], port = await self._child()
                    self._servers[number] = f"http://127.0.0.1:{port}"
                except (StartError, asyncio.TimeoutError, OSError) as error:
                    log.error("an engine does not start: %s", type(error).__name__)


class EngineServer:
    """The child's side."""

    def __init__(self, engine: Engine, secret: str) -> None:
        self._engine, self._secret = engine, secret.encode()

    def app(self) -> web.Application:
        """The calls of bot/engine/protocol.py."""
        app = web.Application(client_max_size=_LARGEST)
        calls = {"webhook": self._reply, "parse": self._parse, "slot": self._slot, "forget": self._forget}
        for name, call in calls.items():
            app.router.add_post(f"/webhooks/baken/{name}", self._guarded(call))
        app.router.add_get("/webhooks/baken/health", self._health)
        return app

    def _guarded(self, call: Callable[[bytes], Awaitable[bytes]]) -> Callable[[web.Request], Awaitable[web.Response]]:
        async def handler(request: web.Request) -> web.Response:
            if not hmac.compare_digest(request.headers.get(HEADER, "").encode(), self._secret):
                raise web.HTTPUnauthorized(text="wrong secret")
            try:
                return web.Response(body=await call(await request.read()), content_type="application/json")
            except msgspec.DecodeError as error:
                raise web.HTTPBadRequest(text="not a question") from error
            except EngineAway as error:
                raise web.HTTPServiceUnavailable(text="ask again") from error

        return handler

    async def _reply(self, body: bytes) -> bytes:
        turn = await self._engine.reply(msgspec.json.decode(body, type=TurnRequest))
        paths = [Path(reply.document.path) for reply in turn.replies if reply.document is not None]
        files = {str(path): await asyncio.to_thread(path.read_bytes) for path in paths}
        store.forget(path.name for path in paths)
        return msgspec.json.encode(TurnResponse(turn=turn, files=files))

    async def _parse(self, body: bytes) -> bytes:
        return msgspec.json.encode(await self._engine.parse(msgspec.json.decode(body, type=ParseRequest).text))

    async def _slot(self, body: bytes) -> bytes:
        asked = msgspec.json.decode(body, type=SlotRequest)
        return msgspec.json.encode(await self._engine.slot(asked.conversation, asked.name))

    async def _forget(self, body: bytes) -> bytes:
        await self._engine.erase(msgspec.json.decode(body, type=EraseRequest).conversation)
        return b"{}"

    async def _health(self, _request: web.Request) -> web.Response:
        part = await self._engine.unhealthy_reason()
        return web.json_response({"status": part or "ok"}, status=503 if part else 200)
