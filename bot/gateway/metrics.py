"""`GET /metrics` (Prometheus) and `GET /health`. Counts and durations only: never words, names or ids of anyone."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import time
from collections.abc import Collection
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa
from aiohttp import web
from aiohttp.typedefs import Handler
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy.engine import Connection

from bot.channels.whatsapp.lateness import LATENESS
from bot.clock import utcnow
from bot.conversations import schema, unreadable
from bot.conversations.channel import Channels
from bot.conversations.models import Conversation, Delivered, Message, NotDelivered, Outgoing
from bot.delivery.service import OFFICE
from bot.engine.turn import Turn

#: Seconds that a part may take to say that it is well.
_PATIENCE: Final = 4.0
#: What a person may have to look into, as labels: each is there from the start, so that an alarm can be set on it.
_ATTENTION: Final = ("unreadable", "erasure", "deleting", "disk", "clock")
#: Free bytes on the disk of the log under which somebody should make room.
_LITTLE_ROOM: Final = 100 * 2**20
#: Seconds after which what was deleted should have gone from the files.
_WIPED_WITHIN: Final = 300.0
_SECONDS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)


class Counts:
    """What this gateway did since it started. Several gateways are added up by Prometheus."""

    def __init__(self, channels: Channels) -> None:
        self._channels = channels
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        self._requests = self._counter("requests", "Requests by route and status.", "route", "status")
        self._request_seconds = self._histogram("request_seconds", "Time of a request by route.", "route")
        self._routes: dict[tuple[str, int], tuple[Counter, Histogram]] = {}
        self._refused = self._counter("refused", "What was not taken in, by channel and reason.", "channel", "reason")
        self._messages = self._counter("messages", "Messages in and out by channel.", "channel", "direction")
        self._again = self._counter("messages_again", "Messages that came in once more and were not stored.", "channel")
        self._together = self._counter(
            "messages_together", "Messages over their person's limit, which were not answered one by one.", "channel"
        )
        self._answers = self._counter(
            "answers", "Answers by channel, language and how they were understood.", "channel", "language", "outcome"
        )
        self._steps = self._histogram(
            "step_seconds",
            "answer: the assistant. handle: taken up to stored. whole: sent by the person to stored. "
            "send: one try at a channel.",
            "step",
        )
        self._retries = self._counter("send_retries", "Sends that will be tried again, by channel.", "channel")
        self._failures = self._counter(
            "send_failures", "Messages given up, by channel and its code.", "channel", "code"
        )
        self._waiting = self._gauge("queue_messages", "Messages that wait, by queue.", "queue")
        self._age = self._gauge("queue_age_seconds", "Age of the oldest message that waits, by queue.", "queue")
        self._cases = self._gauge("cases_waiting", "Cases that wait for an advisor.")
        self._attention = self._gauge(
            "attention", "1: a person should look into it; /health says it in words.", "about"
        )

    def request(self, route: str, status: int, seconds: float) -> None:
        """Count a request under its route, so that no address with an id in it becomes a label."""
        counter, histogram = self._of_route(route, status)
        counter.inc()
        histogram.observe(seconds)

    def _of_route(self, route: str, status: int) -> tuple[Counter, Histogram]:
        """Finding the labels takes longer than counting."""
        found = self._routes.get((route, status))
        if found is None:
            found = self._requests.labels(route, str(status)), self._request_seconds.labels(route)
            self._routes[route, status] = found
        return found

    def refused(self, channel: str, reason: str) -> None:
        """Count something that was not taken in."""
        self._refused.labels(channel, reason).inc()

    def taken(self, channel: str, fresh: bool) -> None:
        """Count a message that was taken in; not `fresh` where it stood in the log already."""
        (self._messages.labels(channel, "in") if fresh else self._again.labels(channel)).inc()

    def together(self, conversation: Conversation, messages: int) -> None:
        """Count messages of one person that were not answered one by one."""
        self._together.labels(conversation.channel).inc(messages)

    def answered(self, conversation: Conversation, message: Message, turn: Turn, seconds: float) -> None:
        """Count a message that was answered, with how long it took."""
        outcome = "safety" if turn.safety else "understood" if turn.understood else "not understood"
        self._answers.labels(conversation.channel, turn.language, outcome).inc()
        if self._channels[conversation.channel].fetched:
            self._messages.labels(conversation.channel, "out").inc(len(turn.replies))
        self._steps.labels("answer").observe(turn.milliseconds / 1000)
        self._steps.labels("handle").observe(seconds)
        self._steps.labels("whole").observe(max(0.0, (utcnow() - message.at).total_seconds()))

    def sent(self, outgoing: Outgoing, result: Delivered | NotDelivered, seconds: float, given_up: bool) -> None:
        """Count one try to carry a message."""
        channel = outgoing.conversation.channel
        self._steps.labels("send").observe(seconds)
        if isinstance(result, Delivered):
            self._messages.labels(channel, "out").inc()
        elif given_up:
            self._failures.labels(channel, result.code).inc()
        else:
            self._retries.labels(channel).inc()

    def queues(self, found: dict[str, tuple[int, float]], cases: int) -> None:
        """Note what waits now: {queue: (messages, seconds of the oldest)}."""
        for name, (count, age) in found.items():
            self._waiting.labels(name).set(count)
            self._age.labels(name).set(age)
        self._cases.set(cases)

    def attention(self, names: Collection[str]) -> None:
        """Note what a person should look into now, by name."""
        for name in (*_ATTENTION, *names):
            self._attention.labels(name).set(name in names)

    def _counter(self, name: str, what: str, *labels: str) -> Counter:
        return Counter(f"baken_{name}", what, labels, registry=self.registry)

    def _gauge(self, name: str, what: str, *labels: str) -> Gauge:
        return Gauge(f"baken_{name}", what, labels, registry=self.registry)

    def _histogram(self, name: str, what: str, *labels: str) -> Histogram:
        return Histogram(f"baken_{name}", what, labels, registry=self.registry, buckets=_SECONDS)


#: The application's.
COUNTS: web.AppKey[Counts] = web.AppKey("counts")


@web.middleware
async def counted(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Counts every request."""
    start, status = time.perf_counter(), 500
    try:
        response = await handler(request)
        status = response.status
        return response
    except web.HTTPException as refused:
        status = refused.status
        raise
    finally:
        resource = request.match_info.route.resource
        route = resource.canonical if resource else "other"
        request.app[COUNTS].request(route, status, time.perf_counter() - start)


async def health(request: web.Request) -> web.Response:
    """200 while the log's database, its workers and the assistant do their work; else 503 naming the part.

    `attention`: what works all the same, but a person should look into. It is left out where there is nothing.
    """
    part = await trouble(request.app)
    told: dict[str, Any] = {"status": part or "ok"}
    notes = await attention(request.app)
    if notes:
        told["attention"] = list(notes.values())
    return web.json_response(told, status=503 if part else 200)


async def attention(app: web.Application) -> dict[str, str]:
    """What a person should look into: a name for it (a label of `baken_attention`), and a sentence."""
    found = {}
    with contextlib.suppress(Exception):
        rows = await asyncio.wait_for(app[OFFICE].database.transaction(unreadable.count), _PATIENCE)
        if rows:
            found["unreadable"] = f"{rows} message{'s' * (rows != 1)} can't be decrypted and were set aside"
    left_since = app[OFFICE].retention.left_since
    if left_since is not None and time.monotonic() - left_since > _WIPED_WITHIN:
        found["erasure"] = "what was deleted can't go from the files yet: another program has the database open"
    late = app[LATENESS].trouble() if LATENESS in app else None
    if late is not None:
        found["clock"] = late
    why = app[OFFICE].retention.standing.trouble()
    if why is not None:
        found["deleting"] = f"what is over its time can't be deleted: {why}"
    with contextlib.suppress(OSError):
        free = shutil.disk_usage(app[OFFICE].settings.data_folder).free
        if app[OFFICE].database.sqlite and free < _LITTLE_ROOM:
            found["disk"] = f"the disk has {free // 2**20} MiB left"
    return found


async def trouble(app: web.Application) -> str | None:
    """What keeps the gateway from doing its work, in a few words that name the part."""
    office = app[OFFICE]
    try:
        await asyncio.wait_for(office.database.transaction(_ping), _PATIENCE)
    except Exception:
        return "the log's database"
    if not await office.database.takes_writes():
        return f"the log's database takes nothing in: {office.database.refused}"
    held_up = office.trouble()
    if held_up is not None:
        return held_up
    try:
        found = await asyncio.wait_for(office.assistant.unhealthy_reason(), _PATIENCE)
    except Exception:
        return "the assistant"
    return found and f"the assistant: {found}"


async def metrics(request: web.Request) -> web.Response:
    """Everything counted, and what waits in the log now."""
    counts = request.app[COUNTS]
    try:
        found = await asyncio.wait_for(request.app[OFFICE].database.transaction(_queues, utcnow()), _PATIENCE)
        counts.queues(*found)
        counts.attention(await attention(request.app))
    except Exception:
        counts.refused("metrics", "database")
    return web.Response(body=generate_latest(counts.registry), headers={"Content-Type": CONTENT_TYPE_LATEST})


def _ping(connection: Connection) -> None:
    connection.execute(sa.select(1))


def _queues(connection: Connection, now: datetime) -> tuple[dict[str, tuple[int, float]], int]:
    """What waits to be answered and to be sent, and the cases that wait for an advisor."""
    table, cases = schema.messages, schema.cases
    found = {}
    for queue, direction, states in (("in", "in", ("new",)), ("out", "out", ("ready", "sending"))):
        query = sa.select(sa.func.count(), sa.func.min(table.c.at)).where(
            table.c.direction == direction, table.c.state.in_(states)
        )
        count, oldest = connection.execute(query).one()
        found[queue] = (int(count), max(0.0, (now - oldest).total_seconds()) if count else 0.0)
    waiting = connection.execute(sa.select(sa.func.count()).where(cases.c.state == "waiting")).scalar()
    return found, int(waiting or 0)
