"""`/dev/phone`: a telephone to try the WhatsApp side without an account. For developers, on this machine only.

What is typed there is posted, signed, to our own webhook; what Baken sends comes to `/dev/graph`, which plays Meta's
Graph API, and is shown. Nothing of it is used while WhatsApp is set up for real.
"""

from __future__ import annotations

import asyncio
import hmac
import itertools
import json
import secrets
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Final

import aiohttp
from aiohttp import web

from bot.channels.whatsapp import webhook
from bot.channels.whatsapp.config import DEV_GRAPH, LOOPBACK, WhatsAppConfig

_STATIC: Final = Path(__file__).parent / "static"
_PAGES: Final = {"phone": "phone.html", "phone.css": "phone.css", "phone.js": "phone.js"}
#: Events that are kept for a page that is opened later, and seconds that a page waits for the next.
_KEPT: Final = 500
_WAIT: Final = 25.0
_LARGEST_FILE: Final = 8 * 1024 * 1024


def add_routes(app: web.Application, config: WhatsAppConfig) -> bool:
    """Open the telephone where WhatsApp is only played; whether that is so."""
    if not config.graph_url.endswith(DEV_GRAPH):
        return False
    phone = Phone(config)
    app.router.add_get("/dev/{page:phone|phone\\.css|phone\\.js}", phone.page)
    app.router.add_post("/dev/phone/say", phone.say)
    app.router.add_get("/dev/phone/events", phone.events)
    app.router.add_get("/dev/phone/files/{media}", phone.file)
    app.router.add_post(f"{DEV_GRAPH}/{{number}}/messages", phone.messages)
    app.router.add_post(f"{DEV_GRAPH}/{{number}}/media", phone.upload)
    app.router.add_get(f"{DEV_GRAPH}/{{media}}", phone.address)
    app.router.add_get(f"{DEV_GRAPH}/bytes/{{media}}", phone.media)
    app.cleanup_ctx.append(phone.running)
    return True


class Phone:
    """The telephone and the other side of it."""

    def __init__(self, config: WhatsAppConfig) -> None:
        self.config = config
        self._events: list[dict[str, Any]] = []
        self._numbers = itertools.count(1)
        self._news = asyncio.Event()
        self._files: dict[str, tuple[bytes, str]] = {}
        self._session: aiohttp.ClientSession | None = None
        self._telling: set[asyncio.Task[None]] = set()

    async def running(self, _app: web.Application) -> AsyncIterator[None]:
        """A client of our own webhook, while the gateway runs."""
        self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=20))
        yield
        self._news.set()
        for task in self._telling:
            task.cancel()
        await self._session.close()

    async def page(self, request: web.Request) -> web.StreamResponse:
        """`GET /dev/phone`, its style and its script."""
        _only_here(request)
        return web.FileResponse(_STATIC / _PAGES[request.match_info["page"]])

    async def say(self, request: web.Request) -> web.Response:
        """`POST /dev/phone/say` {person, message}: a message as Meta would describe it, without who, id and time.

        Gives the status with which our webhook answered.
        """
        _only_here(request)
        asked = await request.json()
        person, message = str(asked["person"]), dict(asked["message"])
        media = message.get(str(message.get("type")))
        if isinstance(media, dict) and "mime_type" in media:
            self._files[media["id"]] = (b"a file of the telephone", str(media["mime_type"]))
        message |= {"id": f"wamid.PHONE{secrets.token_hex(8)}", "timestamp": str(int(time.time()))}
        card: dict[str, Any] = {"profile": {"name": f"Telephone {person}"}}
        if person.isdigit():
            message["from"] = card["wa_id"] = person
        else:  # a person with a username: no number
            message["from_user_id"] = card["user_id"] = person
            card["profile"]["username"] = person.partition(".")[2]
        status = await self._webhook({"contacts": [card], "messages": [message]})
        return web.json_response({"status": status, "id": message["id"]})

    async def events(self, request: web.Request) -> web.Response:
        """`GET /dev/phone/events?person=…&after=n`: what Baken sent since; waits for something new."""
        _only_here(request)
        person, after = request.query.get("person", ""), int(request.query.get("after", "0"))
        until = time.monotonic() + _WAIT
        while True:
            found = [one for one in self._events if one["n"] > after and one["to"] in (person, "")]
            left = until - time.monotonic()
            if found or left <= 0 or self._session is None or self._session.closed:
                return web.json_response(found)
            self._news.clear()
            try:
                await asyncio.wait_for(self._news.wait(), left)
            except asyncio.TimeoutError:
                continue

    async def file(self, request: web.Request) -> web.Response:
        """A file that Baken sent, as a download."""
        _only_here(request)
        data, _ = self._file(request)
        return web.Response(
            body=data, content_type="application/octet-stream", headers={"Content-Disposition": "attachment"}
        )

    # -- the Graph API ------------------------------------------------------------------------------------------

    async def messages(self, request: web.Request) -> web.Response:
        """`POST /dev/graph/{number}/messages`: a message, or a read receipt with typing."""
        self._only_us(request)
        payload = await request.json()
        if payload.get("status") == "read":
            self._tell(
                {
                    "kind": "read",
                    "to": "",
                    "typing": "typing_indicator" in payload,
                    "message": payload.get("message_id"),
                }
            )
            return web.json_response({"success": True})
        to, name = str(payload.get("to") or payload.get("recipient")), f"wamid.BAKEN{secrets.token_hex(8)}"
        self._tell({"kind": "message", "to": to, "id": name, "payload": payload})
        task = asyncio.get_running_loop().create_task(self._statuses(name, to, payload))
        self._telling.add(task)
        task.add_done_callback(self._telling.discard)
        return web.json_response({"messaging_product": "whatsapp", "messages": [{"id": name}]})

    async def upload(self, request: web.Request) -> web.Response:
        """`POST /dev/graph/{number}/media`."""
        self._only_us(request)
        name, data, media_type = f"media{next(self._numbers)}", bytearray(), ""
        reader = await request.multipart()
        while (part := await reader.next()) is not None:
            if isinstance(part, aiohttp.BodyPartReader) and part.name == "file":
                media_type = part.headers.get("Content-Type", "")
                while chunk := await part.read_chunk():
                    data += chunk
                    if len(data) > _LARGEST_FILE:
                        raise web.HTTPRequestEntityTooLarge(max_size=_LARGEST_FILE, actual_size=len(data))
        self._files[name] = (bytes(data), media_type)
        return web.json_response({"id": name})

    async def address(self, request: web.Request) -> web.Response:
        """`GET /dev/graph/{media}`: where a file lies."""
        self._only_us(request)
        data, media_type = self._file(request)
        url = f"{self.config.graph_url}/bytes/{request.match_info['media']}"
        return web.json_response({"url": url, "mime_type": media_type, "file_size": str(len(data))})

    async def media(self, request: web.Request) -> web.Response:
        """`GET /dev/graph/bytes/{media}`."""
        self._only_us(request)
        return web.Response(body=self._file(request)[0])

    async def _statuses(self, message: str, to: str, payload: dict[str, Any]) -> None:
        """Sent and delivered, as Meta would tell."""
        for state in ("sent", "delivered"):
            await asyncio.sleep(0.2)
            status = {"id": message, "status": state, "timestamp": str(int(time.time())), "recipient_id": to}
            if "biz_opaque_callback_data" in payload:
                status["biz_opaque_callback_data"] = payload["biz_opaque_callback_data"]
            await self._webhook({"statuses": [status]})
            self._tell({"kind": state, "to": to, "id": message})

    async def _webhook(self, value: dict[str, Any]) -> int:
        """Post to our own webhook, over the network and signed, as Meta does."""
        assert self._session is not None
        metadata = {"display_phone_number": "dev", "phone_number_id": self.config.phone_number_id}
        change = {"field": "messages", "value": {"messaging_product": "whatsapp", "metadata": metadata, **value}}
        body = json.dumps(
            {"object": "whatsapp_business_account", "entry": [{"id": "dev", "changes": [change]}]}
        ).encode()
        headers = {webhook.SIGNATURE: webhook.sign(self.config.app_secret, body), "Content-Type": "application/json"}
        address = self.config.graph_url.removesuffix(DEV_GRAPH) + webhook.PATH
        try:
            async with self._session.post(address, data=body, headers=headers) as response:
                return response.status
        except (aiohttp.ClientError, asyncio.TimeoutError):
            return 0

    def _tell(self, event: dict[str, Any]) -> None:
        self._events.append({"n": next(self._numbers), **event})
        del self._events[:-_KEPT]
        self._news.set()

    def _file(self, request: web.Request) -> tuple[bytes, str]:
        found = self._files.get(request.match_info["media"])
        if found is None:
            raise web.HTTPNotFound
        return found

    def _only_us(self, request: web.Request) -> None:
        given = request.headers.get("Authorization", "")
        if not hmac.compare_digest(given.encode("utf-8", "replace"), f"Bearer {self.config.access_token}".encode()):
            raise web.HTTPUnauthorized(
                text='{"error": {"code": 190, "message": "not our token"}}', content_type="application/json"
            )


def _only_here(request: web.Request) -> None:
    """Nobody but a browser on this machine: not through a proxy, not by a name that somebody points here."""
    host = (request.url.host or "").strip("[]")
    proxied = any(name in request.headers for name in ("Forwarded", "X-Forwarded-For"))
    foreign = request.headers.get("Sec-Fetch-Site", "none") not in ("none", "same-origin")
    if request.remote not in LOOPBACK or host not in LOOPBACK or proxied or foreign:
        raise web.HTTPForbidden(text="only on this machine")
