"""The state of the content, and the list of facts and figures."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from aiohttp import web
from sqlalchemy.engine import Connection

from bot.clock import utcnow
from bot.review.content import drafts, publishing
from bot.review.content.drafts import Change
from bot.review.content.state import SOON, UncoveredQuestions, asked, state, uncovered
from bot.review.pages import page, room, topic_name, topics
from bot.review.suites.charts import Bar, bars
from bot.staff.auth import require
from bot.staff.context import current_user
from bot.staff.texts import text as staff_text
from facts import clock
from facts.languages import NAMES

#: Counts of what people asked go back so far.
_ASKED: timedelta = timedelta(days=30)


@require("editor")
async def content_page(request: web.Request) -> web.StreamResponse:
    """`GET /desk/room/content`"""
    place = room(request)
    base = place.content.base()
    found = await asyncio.to_thread(state, base, clock.today())

    def read(connection: Connection) -> tuple[list[UncoveredQuestions], list[Change], int]:
        changes = drafts.in_force(connection)
        return asked(connection, base, utcnow() - _ASKED), changes, drafts.version(connection)

    wanted, changes, version = await place.database.transaction(read)
    clashes = await asyncio.to_thread(publishing.clashes, changes)
    language = current_user(request).language
    chart = bars(
        [
            Bar(
                NAMES[one.code],
                (("right", one.current), ("back", one.stale), ("wrong", one.missing)),
                one.texts,
                None,
                f"{100 * one.current // max(one.texts, 1)} %",
            )
            for one in found.languages
        ],
        staff_text("content.translations", language),
    )
    context = {
        "state": found,
        "chart": chart,
        "asked": uncovered(wanted, base),
        "clashes": clashes,
        "version": version,
        "topic_name": lambda name: topic_name(name, request),
        "soon": SOON.days,
        "asked_days": _ASKED.days,
    }
    return page(request, "content.html", context)


@require("editor")
async def facts_page(request: web.Request) -> web.StreamResponse:
    """`GET /desk/room/facts`: looked through by topic and by words."""
    place = room(request)
    base = place.content.base()
    topic, words = request.query.get("topic", "")[:40], " ".join(request.query.get("q", "").split())[:100]
    needle = words.casefold()
    found = []
    for fact in base.facts.values():
        own = base.topic_of[fact.id]
        text = " ".join(phase.text for phase in fact.says)
        if (not topic or own == topic) and (not needle or needle in f"{fact.id} {text}".casefold()):
            found.append((f"fact:{fact.id}", own, text, fact.says[0].standing, fact.checked_on))
    figures = []
    for figure in base.figures.values():
        path = base.where[f"figure:{figure.id}"]
        own = path.stem if path.parent.name == "topics" else ""
        if (not topic or own == topic) and (not needle or needle in f"{figure.id} {figure.about}".casefold()):
            period = figure.on(clock.today()) or figure.last_before(clock.today())
            figures.append((f"figure:{figure.id}", own, figure.about, period.value if period else "", period))
    context = {
        "found": found if topic or words else [],
        "figures": figures if topic or words else [],
        "topic_shown": topic,
        "words": words,
        "topics": [one for one in topics(request) if one[0] in base.files],
        "topic_name": lambda name: topic_name(name, request),
        "facts": len(base.facts),
        "all_figures": len(base.figures),
    }
    return page(request, "facts.html", context)
