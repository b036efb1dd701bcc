"""The gateway's way into `rasa run`: named in packaging/rasa/credentials.yml. Never public; asked with a shared secret.

    POST /webhooks/baken/webhook   a `TurnRequest` → a `TurnResponse`: the whole turn, not split at blank lines
    POST /webhooks/baken/parse     {"text"} → what the understanding makes of it
    POST /webhooks/baken/slot      {"conversation", "name"} → what the conversation keeps under that name, or null
    POST /webhooks/baken/forget    {"conversation"} → {}
    GET  /webhooks/baken/health    200 where it can answer, else 503 naming the part

503 means: nothing was kept, ask again. 500 means: an action failed on this message.
"""

from __future__ import annotations

import asyncio
import hmac
import logging
import os
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from pathlib import Path
from typing import Any, TypeVar

import msgspec
from rasa.core.channels.channel import InputChannel
from sanic import Blueprint
from sanic.exceptions import SanicException
from sanic.request import Request
from sanic.response import HTTPResponse, raw

from actions.letters import store
from bot.engine.protocol import (
    HEADER,
    SHORTEST_SECRET,
    EraseRequest,
    ParseRequest,
    SlotRequest,
    TurnResponse,
)
from bot.engine.rasa import agent_turn
from bot.engine.rasa.patches import patch_agent, patch_process
from bot.engine.turn import EngineAway, TurnRequest
from bot.redacted_logging import configure_logging

log = logging.getLogger(__name__)
T = TypeVar("T")


class BakenInput(InputChannel):  # type: ignore[misc]
    """Answers the gateway's questions."""

    def __init__(self, secret: str) -> None:
        self._secret = secret.encode()
        self._patched: Any = None
        self._first: tuple[Any, asyncio.Task[Any]] | None = None

    @classmethod
    def name(cls) -> str:
        """Of the channel, and its place under /webhooks/."""
        return "baken"

    @classmethod
    def from_credentials(cls, credentials: Mapping[str, Any] | None) -> BakenInput:
        """Made by Rasa before it loads the model; from here on this process logs nothing of what people write.

        Without a secret, or with a short one, everything is refused and `health` says so.
        """
        configure_logging(os.environ.get("BAKEN_LOG_LEVEL", "WARNING"))
        patch_process()
        secret = os.environ.get("BAKEN_RASA_SECRET", "")
        if len(secret) < SHORTEST_SECRET:
            log.warning("BAKEN_RASA_SECRET has less than %s characters: the gateway is refused", SHORTEST_SECRET)
            secret = ""
        return cls(secret)

    def blueprint(self, on_new_message: Callable[..., Awaitable[Any]]) -> Blueprint:
        """The four calls. `on_new_message` is not used: it can't say that a message was not answered."""
        made = Blueprint("baken")

        async def webhook(request: Request) -> HTTPResponse:
            asked = self._read(request, TurnRequest)
            turn = await agent_turn.answer(self._agent(request), asked)
            paths = [Path(reply.document.path) for reply in turn.replies if reply.document is not None]
            files = {str(path): path.read_bytes() for path in paths}
            store.forget(path.name for path in paths)  # the gateway keeps it; it is made again where that goes wrong
            return _json(TurnResponse(turn=turn, files=files))

        async def parse(request: Request) -> HTTPResponse:
            return _json(await self._agent(request).parse_message(self._read(request, ParseRequest).text))

        async def slot(request: Request) -> HTTPResponse:
            asked = self._read(request, SlotRequest)
            return _json(await agent_turn.slot(self._agent(request), asked.conversation, asked.name))

        async def forget(request: Request) -> HTTPResponse:
            await agent_turn.erase(self._agent(request), self._read(request, EraseRequest).conversation)
            return _json({})

        async def health(request: Request) -> HTTPResponse:
            agent = getattr(request.app.ctx, "agent", None)
            part = await agent_turn.unhealthy_reason(agent) if self._secret else "secret"
            if part is None and not self._is_warm(agent):
                part = "model"
            return _json({"status": part or "ok"}, 503 if part else 200)

        for call in (webhook, parse, slot, forget):
            made.add_route(_guarded(call), f"/{call.__name__}", methods=["POST"], name=call.__name__)
        made.add_route(health, "/health", methods=["GET"], name="health")
        return made

    def _is_warm(self, agent: Any) -> bool:
        """Whether this agent has read a text; the first one takes it seconds, and nobody should wait for that."""
        if self._first is None or self._first[0] is not agent:
            self._first = agent, asyncio.create_task(agent.parse_message("hello"))
        task = self._first[1]
        if task.done() and not task.cancelled() and task.exception() is not None:
            log.warning("the first text could not be read: %s", type(task.exception()).__name__)
            self._first = None  # once more at the next question
            return False
        return task.done()

    def _read(self, request: Request, kind: type[T]) -> T:
        """What was asked, once the secret fits."""
        given = request.headers.get(HEADER, "").encode()
        if not self._secret or not hmac.compare_digest(given, self._secret):
            raise SanicException("wrong secret", status_code=401, quiet=True)
        try:
            return msgspec.json.decode(request.body, type=kind)
        except msgspec.DecodeError:
            raise SanicException("not a question", status_code=400, quiet=True) from None

    def _agent(self, request: Request) -> Any:
        agent = getattr(request.app.ctx, "agent", None)
        if agent is None or not agent.is_ready():
            raise EngineAway("the model is not loaded")
        if self._patched is not agent:
            patch_agent(agent)
            self._patched = agent
        return agent


_Call = Callable[[Request], Coroutine[Any, Any, HTTPResponse]]


def _guarded(call: _Call) -> _Call:
    """What goes wrong becomes a status; its message goes nowhere, as it may hold what a person wrote."""

    async def guarded(request: Request) -> HTTPResponse:
        try:
            return await call(request)
        except SanicException:
            raise
        except EngineAway as away:
            log.warning("not answered for now: %s", away)
            return _json({"status": str(away)}, 503)
        except Exception as error:
            log.error("not answered: %s", type(error).__name__)
            return _json({"status": type(error).__name__}, 500)

    return guarded


def _json(content: Any, status: int = 200) -> HTTPResponse:
    body = msgspec.json.encode(content, enc_hook=_plain)
    return raw(body, status=status, content_type="application/json")


def _plain(value: Any) -> Any:
    """Numbers of numpy, which the understanding puts among its confidences."""
    if hasattr(value, "item"):
        return value.item()
    raise NotImplementedError(f"{type(value).__name__} can't be sent")
