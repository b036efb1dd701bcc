"""`GET` and `POST /webhooks/whatsapp`: Meta's webhook. A message is stored before the 200, and answered after it."""

from __future__ import annotations

import asyncio
import hmac
import json
import logging
from collections.abc import Callable, Sequence
from datetime import datetime, timezone
from typing import Any, Final, Protocol

from aiohttp import web

from bot.channels.whatsapp.config import WhatsAppConfig
from bot.channels.whatsapp.lateness import Lateness
from bot.channels.whatsapp.parse import ParsedWebhook, parse_webhook
from bot.conversations.models import DeliveryStatus, Incoming
from bot.timeouts import timeout

PATH: Final = "/webhooks/whatsapp"
SIGNATURE: Final = "X-Hub-Signature-256"
#: Largest body in bytes. Meta: "payloads can be up to 3 MB".
LARGEST: Final = 3 * 1024 * 1024
#: Seconds that a client has to send its body.
READ_WITHIN: Final = 10.0
#: Seconds that the log has to store it; Meta waits about 20 for the answer, then sends it again.
STORE_WITHIN: Final = 15.0
_LONGEST_CHALLENGE: Final = 200

_log = logging.getLogger(__name__)


class WebhookReceiver(Protocol):
    """What the webhook hands on to: the log and the counts."""

    async def receive(self, incoming: Sequence[Incoming]) -> None:
        """Store messages, all or none; one that stands in the log already is not stored again."""
        ...

    async def record_statuses(self, updates: Sequence[DeliveryStatus]) -> None:
        """Note what became of messages that were sent."""
        ...

    def refused(self, reason: str) -> None:
        """Count something that was not taken in."""
        ...


def sign(secret: str, body: bytes) -> str:
    """The signature header of a body, as Meta makes it."""
    return "sha256=" + hmac.new(secret.encode(), body, "sha256").hexdigest()


def add_routes(
    app: web.Application,
    config: WhatsAppConfig,
    receiver: WebhookReceiver,
    now: Callable[[], datetime] = lambda: datetime.now(timezone.utc),
    lateness: Lateness | None = None,
) -> None:
    """Open the webhook. `lateness` is told how old what comes in is."""
    webhook = WhatsAppWebhook(config, receiver, now, lateness or Lateness())
    app.router.add_get(PATH, webhook.verify, allow_head=False)
    app.router.add_post(PATH, webhook.receive)


class WhatsAppWebhook:
    """The two handlers."""

    def __init__(
        self, config: WhatsAppConfig, receiver: WebhookReceiver, now: Callable[[], datetime], lateness: Lateness
    ) -> None:
        self.config, self.receiver, self.now, self.lateness = config, receiver, now, lateness

    async def verify(self, request: web.Request) -> web.Response:
        """`GET`: hands the challenge back to whoever knows our word."""
        asked = request.query
        known = hmac.compare_digest(asked.get("hub.verify_token", "").encode(), self.config.verify_token.encode())
        challenge = asked.get("hub.challenge", "")
        if asked.get("hub.mode") != "subscribe" or not known or not 0 < len(challenge) <= _LONGEST_CHALLENGE:
            raise self._no(web.HTTPForbidden, "verify_token")
        return web.Response(text=challenge)

    async def receive(self, request: web.Request) -> web.Response:
        """`POST`: 200 when everything in it stands in the log.

        401 without a signature, 403 with a wrong one or for another number, 408 for a slow client, 413 for a body that
        is too large, 400 for what is not a webhook of WhatsApp, 410 for what is too old, 503 while the log is away
        (Meta then tries again).
        """
        signature = request.headers.get(SIGNATURE, "")
        if not signature:
            raise self._no(web.HTTPUnauthorized, "signature_missing", close=True)
        body = await self._body(request)
        due = sign(self.config.app_secret, body)
        if not hmac.compare_digest(signature.strip().encode("utf-8", "replace"), due.encode()):
            raise self._no(web.HTTPForbidden, "signature_wrong")
        payload = self._json(body)
        reading = parse_webhook(payload, self.config.phone_number_id, self.now(), self.config.oldest)
        for age in reading.ages:
            self.lateness.note(age)
        for reason, times in reading.left_out.items():
            for _ in range(times):
                self.receiver.refused(reason)
        try:
            async with timeout(STORE_WITHIN):
                await self._store(reading)
        except Exception as error:
            _log.error("webhook: not stored (%s)", type(error).__name__)
            raise self._no(web.HTTPServiceUnavailable, "not_stored", {"Retry-After": "5"}) from error
        if not reading.incoming and not reading.updates:
            if reading.left_out.get("phone_number_id"):
                raise web.HTTPForbidden(text="phone_number_id: not ours")  # counted above
            if reading.left_out.get("old"):
                raise web.HTTPGone(text="too old")
        return web.Response(text="ok")

    async def _body(self, request: web.Request) -> bytes:
        """The raw body, no more of it and no longer than is allowed."""
        if (request.content_length or 0) > LARGEST:
            raise self._too_large(request.content_length or 0)
        try:
            async with timeout(READ_WITHIN):
                body = await _read(request)
        except asyncio.TimeoutError:
            raise self._no(web.HTTPRequestTimeout, "slow", close=True) from None
        if len(body) > LARGEST:
            raise self._too_large(len(body))
        return body

    async def _store(self, reading: ParsedWebhook) -> None:
        if reading.incoming:
            await self.receiver.receive(reading.incoming)
        if reading.updates:
            await self.receiver.record_statuses(reading.updates)

    def _json(self, body: bytes) -> Any:
        try:
            payload = json.loads(body)
        except (ValueError, RecursionError):
            raise self._no(web.HTTPBadRequest, "json") from None
        if not isinstance(payload, dict) or payload.get("object") != "whatsapp_business_account":
            raise self._no(web.HTTPBadRequest, "object")
        return payload

    def _no(
        self,
        status: type[web.HTTPError],
        reason: str,
        headers: dict[str, str] | None = None,
        *,
        close: bool = False,
    ) -> web.HTTPError:
        self.receiver.refused(reason)
        refusal = status(text=reason.replace("_", " "), headers=headers)
        if close:
            refusal.force_close()
        return refusal

    def _too_large(self, size: int) -> web.HTTPError:
        self.receiver.refused("size")
        refusal = web.HTTPRequestEntityTooLarge(max_size=LARGEST, actual_size=size, text="size")
        refusal.force_close()
        return refusal


async def _read(request: web.Request) -> bytes:
    """The body; of one that is too large, a little more than is allowed."""
    body = bytearray()
    async for part in request.content.iter_any():
        body += part
        if len(body) > LARGEST:
            break
    return bytes(body)
