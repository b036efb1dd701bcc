"""The aiohttp application: the channels over the post room, limits, headers, health and metrics."""

from __future__ import annotations

from collections.abc import AsyncIterator

from aiohttp import web

from bot.channels.web import channel as web_channel
from bot.channels.whatsapp import setup as whatsapp_channel
from bot.channels.whatsapp.lateness import LATENESS
from bot.delivery.service import OFFICE, MessageService
from bot.desk import routes as desk_routes
from bot.desk.handoff import Handoff
from bot.desk.helpdesks import registry as helpdesks
from bot.dev import phone
from bot.gateway import metrics
from bot.gateway.admission import floods
from bot.gateway.metrics import COUNTS
from bot.gateway.pace import Pace
from bot.review import routes as review_routes
from bot.settings import Settings
from bot.staff import routes as staff_routes
from bot.web import bodies, request_log, security_headers
from facts.base import FactBase
from facts.wording import Wording

#: Largest request body of a page, in bytes; the webhook has a limit of its own.
LARGEST = 256 * 1024
#: Seconds that a connection may be idle, or take to say what it wants.
IDLE = 20.0


def make(settings: Settings, office: MessageService, base: FactBase, handoff: Handoff | None = None) -> web.Application:
    """The application around a post room, which is opened and closed with it.

    Args:
        handoff: the desk that the post room speaks to; None opens no desk.

    Raises:
        BadSetting: something that a channel needs is missing or can't be used.
    """
    counts = metrics.Counts(office.channels)
    app = web.Application(
        client_max_size=LARGEST,
        middlewares=[
            request_log.correlated,
            metrics.counted,
            bodies.prompt(counts.refused),
            floods(settings, counts.refused),
            bodies.readable,
        ],
    )
    security_headers.use(app)
    app[OFFICE], app[COUNTS] = office, counts
    office.taken, office.answering.measured, office.sending.measured = counts.taken, counts.answered, counts.sent
    office.answering.flood.pace, office.answering.together = Pace(settings, Wording(base)), counts.together
    web_channel.add(app, office, base, settings)
    whatsapp = whatsapp_channel.add(app, office, base, settings, counts.refused)
    if whatsapp is not None:
        config, app[LATENESS] = whatsapp
        phone.add_routes(app, config)
    app.router.add_get("/health", metrics.health)
    app.router.add_get("/metrics", metrics.metrics)
    app.on_shutdown.append(waking)
    app.cleanup_ctx.append(working)
    staff_routes.add_routes(app, office.database, office.keys, settings)
    if handoff is not None:
        desk_routes.add_routes(app, office, settings, handoff)
        helpdesks.add(app, office, handoff, settings, counts.refused)
    review_routes.add_routes(app, office)
    return app


async def waking(app: web.Application) -> None:
    """Pages that wait for news are told that there is none, so that nothing holds up the end."""
    app[OFFICE].hub.close()


async def working(app: web.Application) -> AsyncIterator[None]:
    """The post room works while the gateway runs; what was taken in is finished before it stops."""
    await app[OFFICE].open()
    yield
    await app[OFFICE].close()
