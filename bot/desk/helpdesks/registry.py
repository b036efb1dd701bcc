"""Opens the doors that the settings name, and the webhook of Chatwoot."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
from collections.abc import AsyncIterator, Callable
from typing import Final, Protocol

from aiohttp import web

from bot.clock import utcnow
from bot.conversations.channel import Channels
from bot.conversations.crypto import Keys
from bot.conversations.database import Database
from bot.delivery.events import EventBus
from bot.desk.helpdesks import chatwoot, chatwoot_events, config, receiving
from bot.desk.helpdesks.forwarding import Forwarding
from bot.desk.helpdesks.helpdesk import Helpdesk
from bot.desk.helpdesks.mail import Mail
from bot.settings import Settings

log = logging.getLogger(__name__)

PATH: Final = "/webhooks/chatwoot"
_LARGEST: Final = 1024 * 1024
#: Seconds to store an event; Chatwoot waits five for the answer.
_WITHIN: Final = 4.0


class HelpdeskServices(Protocol):
    """The post room (bot.delivery.service.Office), as far as it is needed here."""

    database: Database
    keys: Keys
    hub: EventBus

    @property
    def channels(self) -> Channels:
        """Ways to persons."""
        ...


def add(
    app: web.Application,
    office: HelpdeskServices,
    words: receiving.Utterances,
    settings: Settings,
    refused: Callable[[str, str], None] = lambda channel, reason: None,
) -> list[str]:
    """Add the helpdesks of the settings to the gateway; their names. Call it after the post room was added.

    Raises:
        BadSetting: something is missing or can't be used.
    """
    doors: list[Helpdesk] = []
    outside, mail = config.chatwoot(settings), config.mail(settings)
    if outside is not None:
        doors.append(chatwoot.Chatwoot(outside))
        webhook = HelpdeskWebhook(outside, office, words, refused)
        app.router.add_post(PATH, webhook.receive)
        app.router.add_post(PATH + "/{secret}", webhook.receive)
    if mail is not None:
        doors.append(Mail(mail))

    async def forwarding(app: web.Application) -> AsyncIterator[None]:
        site = settings.staff_site
        workers = [
            asyncio.create_task(Forwarding(office.database, office.keys, office.hub, door, site).run())
            for door in doors
        ]
        yield
        for worker in workers:
            worker.cancel()
        await asyncio.gather(*workers, return_exceptions=True)

    if doors:
        app.cleanup_ctx.append(forwarding)
    return [door.name for door in doors]


class HelpdeskWebhook:
    """`POST /webhooks/chatwoot`, and the same with the secret behind it for a Chatwoot that does not sign."""

    def __init__(
        self,
        outside: config.ChatwootConfig,
        office: HelpdeskServices,
        words: receiving.Utterances,
        refused: Callable[[str, str], None],
    ) -> None:
        self.config, self.office, self.words, self.refused = outside, office, words, refused

    async def receive(self, request: web.Request) -> web.Response:
        """200 when the event is stored or means nothing here; 403 for strangers; 503 while the log is away, which
        Chatwoot shows to the agent as a message that failed."""
        if (request.content_length or 0) > _LARGEST:
            raise self._no(web.HTTPRequestEntityTooLarge(_LARGEST, request.content_length or 0), "size")
        try:
            body = await asyncio.wait_for(request.content.read(_LARGEST + 1), _WITHIN)
            while not request.content.at_eof() and len(body) <= _LARGEST:
                body += await asyncio.wait_for(request.content.read(_LARGEST + 1 - len(body)), _WITHIN)
        except asyncio.TimeoutError:
            raise self._no(web.HTTPRequestTimeout(), "slow") from None
        if len(body) > _LARGEST:
            raise self._no(web.HTTPRequestEntityTooLarge(_LARGEST, len(body)), "size")
        if not chatwoot_events.known(self.config, request.match_info.get("secret", ""), request.headers, body):
            raise self._no(web.HTTPForbidden(), "signature")
        try:
            event = chatwoot_events.parse_event(self.config, json.loads(body))
        except (ValueError, RecursionError):
            raise self._no(web.HTTPBadRequest(), "json") from None
        if event is not None:
            try:
                now = utcnow()
                office, name = self.office, chatwoot.Chatwoot.name
                work = office.database.transaction(
                    receiving.take, office.keys, office.channels, self.words, name, event, now
                )
                await asyncio.wait_for(work, _WITHIN)
            except Exception as error:
                log.error("chatwoot: an event was not stored (%s)", type(error).__name__)
                raise self._no(web.HTTPServiceUnavailable(), "not_stored") from error
        return web.Response(text="ok")

    def _no(self, refusal: web.HTTPException, reason: str) -> web.HTTPException:
        with contextlib.suppress(Exception):
            self.refused("chatwoot", reason)
        return refusal
