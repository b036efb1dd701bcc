"""A local stand-in of the Graph API, on a real socket: it takes messages, delays, fails, drops, tells statuses.

In a test:

    async with GraphStandIn(webhook_url=..., app_secret=...) as graph:
        graph.fail(Failure(code=131056), times=3)
        ...                          # BAKEN_WHATSAPP_GRAPH_URL=graph.url
        assert graph.doubled() == {}

In a process of its own: `python -m tests.channels.whatsapp.graph_stand_in --port 9000 --webhook URL`; it is told what
to do by `POST /_control` (`{"delay": 0.2, "share": 0.1, "fail": [{"status": 500, "times": 3}]}`) and says what it got
by `GET /_report` (`?messages=1` with every message).
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import hashlib
import itertools
import random
import secrets
import time
from collections import Counter, deque
from dataclasses import dataclass, field
from typing import Any

import aiohttp
from aiohttp import web

from tests.channels.whatsapp import meta, openapi
from tests.servers import listen

#: What Meta answers for a code, as far as it matters: the HTTP status.
_STATUS = {4: 429, 80007: 429, 130429: 429, 131056: 429, 131048: 429, 190: 401, 131016: 503, 131000: 500, 2: 503}


@dataclass(frozen=True)
class Failure:
    """One message that is not answered as it should be."""

    status: int | None = None  #: HTTP status; by the code where it is left out
    code: int | None = None  #: Meta's code; without one the answer is not Meta's own
    retry_after: str | None = None
    #: "before": the connection is dropped and the message is not taken. "after": it was taken, and nobody is told.
    drop: str = ""


@dataclass
class Taken:
    """A message that was taken."""

    id: str
    payload: dict[str, Any]
    at: float

    @property
    def to(self) -> str:
        return str(self.payload.get("to") or self.payload.get("recipient"))

    @property
    def ours(self) -> str:
        return str(self.payload.get("biz_opaque_callback_data", ""))

    @property
    def text(self) -> str:
        """The words that a person would see."""
        kind = self.payload["type"]
        what = self.payload[kind]
        if kind == "interactive":
            return str(what["body"]["text"])
        return str(what.get("body") or what.get("caption") or "")


@dataclass
class GraphStandIn:
    """The stand-in. Change its fields while it runs."""

    number: str = "106540352242922"
    token: str = "token"
    app_secret: str = "secret"
    webhook_url: str = ""  #: where statuses are told; nowhere when empty
    statuses: tuple[str, ...] = ("sent", "delivered")
    delay: float = 0.0  #: seconds before each answer
    share: float = 0.0  #: of messages that fail, at random, with a 500 or a throttling code or a dropped connection
    validate: bool = True  #: hold each payload against Meta's description
    seed: int = 1

    taken: list[Taken] = field(default_factory=list)
    receipts: list[dict[str, Any]] = field(default_factory=list)
    invalid: list[str] = field(default_factory=list)
    requests: int = 0
    checksum: str = ""  #: told of every file instead of the right one
    files: dict[str, tuple[bytes, str, str]] = field(default_factory=dict)  #: id: (bytes, media type, name)

    def __post_init__(self) -> None:
        self._plan: deque[Failure] = deque()
        self._random = random.Random(self.seed)
        self._ids = itertools.count(1)
        self._run = secrets.token_hex(3)
        self._telling: asyncio.Queue[Taken] = asyncio.Queue()
        self._tasks: list[asyncio.Task[None]] = []
        self._runner: web.AppRunner | None = None
        self.port = 0

    @property
    def url(self) -> str:
        """For BAKEN_WHATSAPP_GRAPH_URL."""
        return f"http://127.0.0.1:{self.port}/v23.0"

    def fail(self, failure: Failure, times: int = 1) -> None:
        """Let the next messages fail."""
        self._plan.extend([failure] * times)

    def put_file(self, data: bytes, media_type: str, id: str = "") -> str:
        """A file that a person sent; its id."""
        id = id or f"media{next(self._ids)}"
        self.files[id] = (data, media_type, "")
        return id

    def doubled(self) -> dict[str, int]:
        """Messages that were taken more than once, by what we gave along."""
        return {ours: times for ours, times in Counter(one.ours for one in self.taken).items() if ours and times > 1}

    def report(self, *, messages: bool = False) -> dict[str, Any]:
        """What it got."""
        told: dict[str, Any] = {
            "requests": self.requests,
            "taken": len(self.taken),
            "receipts": len(self.receipts),
            "invalid": self.invalid[:20],
            "doubled": self.doubled(),
            "untold": self._telling.qsize(),
        }
        if messages:
            told["messages"] = [
                {
                    "id": one.id,
                    "to": one.to,
                    "ours": one.ours,
                    "type": one.payload["type"],
                    "text": one.text,
                    "at": one.at,
                }
                for one in self.taken
            ]
        return told

    async def start(self, port: int = 0) -> None:
        """Listen on loopback."""
        app = web.Application(client_max_size=32 * 1024 * 1024)
        app.router.add_post("/v23.0/{number}/messages", self._messages)
        app.router.add_post("/v23.0/{number}/media", self._upload)
        app.router.add_get("/v23.0/{media}", self._address)
        app.router.add_get("/bytes/{media}", self._bytes)
        app.router.add_post("/_control", self._control)
        app.router.add_get("/_report", self._report)
        address, self._runner = await listen(app, port, shutdown_timeout=1)
        self.port = int(address.rsplit(":", 1)[1])
        self._tasks = [asyncio.create_task(self._tell()) for _ in range(64)]

    async def close(self) -> None:
        """Stop."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._runner is not None:
            await self._runner.cleanup()

    async def __aenter__(self) -> GraphStandIn:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def _messages(self, request: web.Request) -> web.Response:
        self.requests += 1
        self._allow(request)
        payload = await request.json()
        if self.delay:
            await asyncio.sleep(self.delay)
        wrong = openapi.faults(payload) if self.validate else []
        if wrong:
            self.invalid.extend(wrong)
            return _error(400, 100, details="; ".join(wrong))
        if payload.get("status") == "read":
            self.receipts.append(payload)
            return web.json_response({"success": True})
        failure = self._plan.popleft() if self._plan else self._by_chance()
        if failure is not None and failure.drop != "after":
            if failure.drop == "before":
                return _dropped(request)
            return _failed(failure)
        one = Taken(f"wamid.OUT{self._run}{next(self._ids):08d}", payload, time.time())
        self.taken.append(one)
        if self.webhook_url:
            self._telling.put_nowait(one)
        if failure is not None:
            return _dropped(request)
        return web.json_response(
            {
                "messaging_product": "whatsapp",
                "contacts": [{"input": one.to, "wa_id": one.to}],
                "messages": [{"id": one.id, "message_status": "accepted"}],
            }
        )

    def _by_chance(self) -> Failure | None:
        if self._random.random() >= self.share:
            return None
        return self._random.choice(
            (
                Failure(status=500),
                Failure(status=503),
                Failure(code=131000),
                Failure(code=130429, retry_after="1"),
                Failure(code=131056, retry_after="1"),
                Failure(drop="before"),
                Failure(drop="after"),
            )
        )

    async def _upload(self, request: web.Request) -> web.Response:
        self._allow(request)
        form = await request.post()
        file = form.get("file")
        if form.get("messaging_product") != "whatsapp" or not isinstance(file, web.FileField):
            return _error(400, 100, details="file and messaging_product are needed")
        id = f"media{next(self._ids)}"
        self.files[id] = (file.file.read(), file.content_type, file.filename)
        return web.json_response({"id": id})

    async def _address(self, request: web.Request) -> web.Response:
        self._allow(request, number=request.query.get("phone_number_id", ""))
        id = request.match_info["media"]
        if id not in self.files:
            return _error(400, 100, details="no such media")
        data, media_type, _ = self.files[id]
        return web.json_response(
            {
                "messaging_product": "whatsapp",
                "url": f"http://127.0.0.1:{self.port}/bytes/{id}",
                "mime_type": media_type,
                "sha256": self.checksum or hashlib.sha256(data).hexdigest(),
                "file_size": str(len(data)),
                "id": id,
            }
        )

    async def _bytes(self, request: web.Request) -> web.Response:
        self._allow(request, number=self.number)
        data, media_type, _ = self.files[request.match_info["media"]]
        return web.Response(body=data, content_type=media_type.split(";")[0])

    def _allow(self, request: web.Request, number: str | None = None) -> None:
        if request.headers.get("Authorization") != f"Bearer {self.token}":
            raise web.HTTPUnauthorized(
                text='{"error": {"code": 190, "message": "Invalid OAuth access token"}}',
                content_type="application/json",
            )
        if (request.match_info.get("number") if number is None else number) != self.number:
            raise web.HTTPBadRequest(
                text='{"error": {"code": 100, "message": "Unknown number"}}', content_type="application/json"
            )

    async def _control(self, request: web.Request) -> web.Response:
        told = await request.json()
        for name in ("delay", "share", "webhook_url", "validate"):
            if name in told:
                setattr(self, name, told[name])
        for one in told.get("fail", ()):
            times = one.pop("times", 1)
            self.fail(Failure(**one), times)
        return web.json_response(self.report())

    async def _report(self, request: web.Request) -> web.Response:
        return web.json_response(self.report(messages="messages" in request.query))

    async def _tell(self) -> None:
        """Tell the statuses of each message, in order, as often as it takes; Meta does so for days."""
        jar = aiohttp.DummyCookieJar()
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=10), cookie_jar=jar) as session:
            while True:
                one = await self._telling.get()
                for state in self.statuses:
                    raw = meta.body(statuses=[meta.status(one.id, state, to=one.to, ours=one.ours)], number=self.number)
                    for wait in itertools.chain((0.1, 0.3, 1.0), itertools.repeat(2.0)):
                        with contextlib.suppress(aiohttp.ClientError, asyncio.TimeoutError, OSError):
                            headers = meta.signed(raw, self.app_secret)
                            async with session.post(self.webhook_url, data=raw, headers=headers) as response:
                                if response.status == 200:
                                    break
                        await asyncio.sleep(wait)


def _error(status: int, code: int, *, details: str = "", headers: dict[str, str] | None = None) -> web.Response:
    error = {
        "message": f"(#{code}) stand-in",
        "type": "OAuthException",
        "code": code,
        "error_data": {"messaging_product": "whatsapp", "details": details},
        "fbtrace_id": "stand-in",
    }
    return web.json_response({"error": error}, status=status, headers=headers)


def _failed(failure: Failure) -> web.Response:
    headers = {"Retry-After": failure.retry_after} if failure.retry_after is not None else None
    if failure.code is None:
        return web.Response(status=failure.status or 500, text="<html>stand-in</html>", headers=headers)
    return _error(failure.status or _STATUS.get(failure.code, 400), failure.code, headers=headers)


def _dropped(request: web.Request) -> web.Response:
    if request.transport is not None:
        request.transport.abort()
    return web.Response(status=500)


def main() -> None:
    """In a process of its own."""
    parser = argparse.ArgumentParser(description="A local stand-in of the Graph API.")
    parser.add_argument("--port", type=int, default=9000)
    parser.add_argument("--webhook", default="", help="where statuses are told")
    parser.add_argument("--secret", default="secret")
    parser.add_argument("--token", default="token")
    parser.add_argument("--number", default="106540352242922")
    parser.add_argument("--delay", type=float, default=0.0)
    parser.add_argument("--share", type=float, default=0.0, help="of messages that fail")
    parser.add_argument("--no-validate", action="store_true")
    given = parser.parse_args()

    async def run() -> None:
        graph = GraphStandIn(
            number=given.number,
            token=given.token,
            app_secret=given.secret,
            webhook_url=given.webhook,
            delay=given.delay,
            share=given.share,
            validate=not given.no_validate,
        )
        await graph.start(given.port)
        print(f"Graph API stand-in at {graph.url}", flush=True)
        try:
            await asyncio.Event().wait()
        finally:
            await graph.close()

    with contextlib.suppress(ImportError):
        import uvloop

        uvloop.install()
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(run())


if __name__ == "__main__":
    main()
