"""A small client of the Graph API: messages, read receipts, files. Every call has a deadline."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import logging
from collections.abc import Mapping
from datetime import datetime, timezone
from typing import Any, Final
from urllib.parse import urlsplit

import aiohttp
import msgspec

from bot.channels.whatsapp.config import WhatsAppConfig
from bot.channels.whatsapp.errors import not_sent, retry_after
from bot.conversations.channel import Media
from bot.conversations.models import Delivered, NotDelivered

#: Seconds. Connecting is short, since nothing has been handed over yet and trying again is harmless.
_CONNECT: Final = 5.0
_SEND: Final = aiohttp.ClientTimeout(total=20, connect=None, sock_connect=_CONNECT, sock_read=15)
_RECEIPT: Final = aiohttp.ClientTimeout(total=8, sock_connect=_CONNECT)
_FILE: Final = aiohttp.ClientTimeout(total=60, sock_connect=_CONNECT, sock_read=20)
#: Largest answer that is read, in bytes.
_LARGEST_ANSWER: Final = 256 * 1024
#: Largest file that is fetched or sent, in bytes (WhatsApp: 16 MB of sound or film, 100 MB of documents).
LARGEST_FILE: Final = 16 * 1024 * 1024
#: Files that an advisor may get; nothing that runs.
MEDIA_TYPES: Final = (
    "image/jpeg", "image/png", "image/webp", "audio/", "video/", "text/plain", "application/pdf",
    "application/msword", "application/vnd.",
)  # fmt: skip
#: The token goes to these hosts of Meta and to the Graph API itself, wherever an answer points.
_META: Final = (".fbsbx.com", ".facebook.com", ".whatsapp.net", ".fbcdn.net")

_log = logging.getLogger(__name__)


class Graph:
    """The Graph API for one number. `start` before use, `close` after it."""

    def __init__(self, config: WhatsAppConfig, *, connections: int = 64) -> None:
        self.config, self._connections = config, connections
        self._session: aiohttp.ClientSession | None = None

    async def start(self) -> None:
        """Open the pool of connections."""
        # A connection that waited long may be closed by the other side just as we use it; we would not know then
        # whether the message was taken.
        connector = aiohttp.TCPConnector(limit=self._connections, keepalive_timeout=15)
        self._session = aiohttp.ClientSession(
            connector=connector,
            headers={"Authorization": f"Bearer {self.config.access_token}"},
            cookie_jar=aiohttp.DummyCookieJar(),
        )

    async def close(self) -> None:
        """Close the connections."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def send(self, payload: Mapping[str, Any]) -> Delivered | NotDelivered:
        """`POST /{number}/messages`. Says when it is not known whether the message was taken."""
        answer = await self._post("messages", _SEND, json=payload)
        if isinstance(answer, NotDelivered):
            return answer
        messages = answer.get("messages")
        first = messages[0] if isinstance(messages, list) and messages else None
        if isinstance(first, dict) and isinstance(first.get("id"), str):
            return Delivered(first["id"])
        return NotDelivered("answer", unknown=True)

    async def seen(self, message: str, *, typing: bool) -> bool:
        """Mark a person's message as read; with `typing`, show for at most 25 seconds that an answer is written."""
        payload: dict[str, Any] = {"messaging_product": "whatsapp", "status": "read", "message_id": message}
        if typing:
            payload["typing_indicator"] = {"type": "text"}
        return not isinstance(await self._post("messages", _RECEIPT, json=payload), NotDelivered)

    async def upload(self, data: bytes, filename: str, media_type: str) -> str | NotDelivered:
        """`POST /{number}/media`: Meta's id of the file, good for 30 days."""
        if len(data) > LARGEST_FILE:
            return NotDelivered("file_size", permanent=True)
        form = aiohttp.FormData(quote_fields=False)  # Meta shows the name as it is, percent signs and all
        form.add_field("messaging_product", "whatsapp")
        form.add_field("type", media_type)
        form.add_field("file", data, filename=_plain(filename), content_type=media_type)
        answer = await self._post("media", _FILE, data=form)
        if isinstance(answer, NotDelivered):  # a file that nobody was sent does no harm: trying again is safe
            return msgspec.structs.replace(answer, unknown=False)
        found = answer.get("id")
        return found if isinstance(found, str) and found else NotDelivered("answer")

    async def download(self, media: str, *, largest: int = LARGEST_FILE) -> Media | NotDelivered:
        """A file that a person sent, in two steps: its address, then its bytes; held against Meta's checksum."""
        found = await self._call(
            "GET", f"{self.config.graph_url}/{media}", _FILE, params={"phone_number_id": self.config.phone_number_id}
        )
        if isinstance(found, NotDelivered):
            return msgspec.structs.replace(found, unknown=False)
        address, media_type = str(found.get("url") or ""), str(found.get("mime_type") or "").split(";")[0].strip()
        if not media_type.startswith(MEDIA_TYPES):
            return NotDelivered("file_type", permanent=True)
        if not self._may_have_token(address):
            return NotDelivered("file_address", permanent=True)
        if _number(found.get("file_size")) > largest:
            return NotDelivered("file_size", permanent=True)
        data = await self._bytes(address, largest)
        if isinstance(data, NotDelivered):
            return data
        if not _same(data, str(found.get("sha256") or "")):
            return NotDelivered("file_checksum")
        return Media(data, media_type)

    def _may_have_token(self, address: str) -> bool:
        try:
            parts, graph = urlsplit(address), urlsplit(self.config.graph_url)
            if (parts.scheme, parts.hostname, parts.port) == (graph.scheme, graph.hostname, graph.port):
                return True
        except ValueError:
            return False
        return parts.scheme == "https" and f".{parts.hostname or ''}".endswith(_META)

    async def _bytes(self, address: str, largest: int) -> bytes | NotDelivered:
        try:
            async with self._open().get(address, timeout=_FILE, allow_redirects=False) as response:
                if response.status != 200:
                    return not_sent(None, response.status)
                data = await _read(response, largest)
                return data if len(data) <= largest else NotDelivered("file_size", permanent=True)
        except (aiohttp.ClientError, asyncio.TimeoutError, OSError, ValueError):
            return NotDelivered("network")

    async def _post(self, what: str, timeout: aiohttp.ClientTimeout, **kwargs: Any) -> dict[str, Any] | NotDelivered:
        return await self._call(
            "POST", f"{self.config.graph_url}/{self.config.phone_number_id}/{what}", timeout, **kwargs
        )

    async def _call(
        self, method: str, url: str, timeout: aiohttp.ClientTimeout, **kwargs: Any
    ) -> dict[str, Any] | NotDelivered:
        """The answer's object, or why there is none. Never raises for what the network or Meta does."""
        try:
            async with self._open().request(method, url, timeout=timeout, allow_redirects=False, **kwargs) as response:
                return _understand(response, await _read(response, _LARGEST_ANSWER))
        except (aiohttp.ConnectionTimeoutError, aiohttp.ClientConnectorError):
            return NotDelivered("network")  # never left this machine
        except asyncio.TimeoutError:
            return NotDelivered("timeout", unknown=True)
        except (aiohttp.ClientError, OSError) as error:
            _log.info("Graph API: %s", type(error).__name__)
            return NotDelivered("network", unknown=True)

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            raise RuntimeError("Graph.start() first")
        return self._session


async def _read(response: aiohttp.ClientResponse, most: int) -> bytes:
    """The body; of one that is too large, a little more than `most`."""
    data = bytearray()
    async for part in response.content.iter_any():
        data += part
        if len(data) > most:
            break
    return bytes(data)


def _understand(response: aiohttp.ClientResponse, raw: bytes) -> dict[str, Any] | NotDelivered:
    try:
        answer = msgspec.json.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        answer = None
    if response.status < 300:
        return answer if isinstance(answer, dict) else NotDelivered("answer", unknown=True)
    error = answer.get("error") if isinstance(answer, dict) else None
    wait = retry_after(response.headers.get("Retry-After"), datetime.now(timezone.utc))
    if not isinstance(error, dict):
        # Not Meta's own words: something between us and Meta spoke, which can't know what became of the message.
        if response.status in (500, 502, 504):
            return NotDelivered(f"http {response.status}", unknown=True, after=wait)
        return not_sent(None, response.status, retry_after=wait)
    code = error.get("code")
    return not_sent(
        code if isinstance(code, int) else None,
        response.status,
        transient=error.get("is_transient") is True,
        retry_after=wait,
    )


def _plain(filename: str) -> str:
    """A file's name that fits in a header."""
    kept = "".join(letter for letter in filename if letter.isprintable() and letter not in '"\\/')
    return kept.strip() or "file"


def _number(given: object) -> int:
    text = str(given)
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0


def _same(data: bytes, checksum: str) -> bool:
    """Whether the SHA-256 is right, given as hexadecimal digits or in Base64; Meta uses both."""
    if not checksum:
        return True
    digest = hashlib.sha256(data)
    return any(
        hmac.compare_digest(checksum.encode("utf-8", "replace"), one)
        for one in (digest.hexdigest().encode(), base64.b64encode(digest.digest()))
    )
